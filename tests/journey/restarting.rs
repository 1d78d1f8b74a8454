//! Stopping and starting again: nothing is lost, nothing happens twice.

use all_in_one::DataDir;

use crate::world::World;

#[tokio::test]
async fn a_platform_started_again_goes_on_where_it_was() {
    let world = World::start().await;
    world.order("oReturns").await;
    world.write("oReturns", "请帮我查询订单状态").await;
    world.messages("oReturns", 2).await;

    let world = world.restarted().await;

    world.write("oReturns", "我的快递到哪里了？").await;
    let messages = world.messages("oReturns", 4).await;
    assert_eq!(messages.iter().map(|it| it.sequence).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(world.replies("oReturns", 2).await.len(), 2);
    assert_eq!(world.conversations("oReturns").await.len(), 1);
}

#[tokio::test]
async fn a_message_taken_right_before_the_stop_is_answered_after_the_start() {
    let world = World::start().await;
    world.order("oInTheMiddle").await;
    world.write("oInTheMiddle", "请帮我查询订单状态").await;

    let world = world.restarted().await;

    world.messages("oInTheMiddle", 2).await;
    assert_eq!(world.replies("oInTheMiddle", 1).await.len(), 1);
}

#[tokio::test]
async fn a_data_directory_belongs_to_one_platform_at_a_time() {
    let world = World::start().await;

    let refused = DataDir::open(world.data_dir()).unwrap_err().to_string();

    assert!(refused.contains("in use"), "{refused}");
}
