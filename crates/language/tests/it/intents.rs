//! Intents in both languages: what customers write, and what a shop should understand.

use language::{Analyzer, IntentKind, Language, RuleAnalyzer, SentimentLabel};

#[track_caller]
fn check(expected: IntentKind, texts: &[&str]) {
    let analyzer = RuleAnalyzer::new();
    let kinds = texts.iter().map(|text| (*text, analyzer.analyze(text).intent.kind));
    let missed: Vec<_> = kinds.filter(|(_, kind)| *kind != expected).collect();
    assert!(missed.is_empty(), "not understood as {expected}: {missed:?}");
}

#[test]
fn the_journey_begins_with_an_order_that_did_not_arrive() {
    let analysis = RuleAnalyzer::new().analyze("我的订单没有到达，请帮我查询订单状态。");

    assert_eq!(analysis.language, Language::Chinese);
    assert_eq!(analysis.intent.kind, IntentKind::OrderStatus);
    assert!(0.8 < analysis.intent.confidence, "{}", analysis.intent.confidence);
    assert_ne!(analysis.sentiment.label, SentimentLabel::Positive);
}

#[test]
fn questions_about_the_state_of_an_order_are_understood() {
    check(
        IntentKind::OrderStatus,
        &[
            "请问我的快递到哪里了？",
            "我上周三买的鞋子什么时候能发货",
            "都五天了怎么还没收到货",
            "麻烦帮我查一下物流信息",
            "物流三天没更新了，是不是丢件了",
            "能不能快点发货，我急着用",
            "我的訂單還沒有收到，請幫我查詢一下",
            "請問包裹幾時送到？",
            "显示已签收，可是我根本没拿到包裹",
            "订单号20240315001234，到现在都没发出",
            "Where is my order? I placed it ten days ago.",
            "My package still hasn't arrived",
            "Can you tell me when my parcel will be delivered?",
            "i want to know the status of my order #58213",
            "wheres my pakage, its been two weeks",
            "Tracking hasn't updated since Monday, what's going on",
            "It says delivered but I never received it",
            "has my order shipped yet?",
            "我的order还没到，can you check?",
        ],
    );
}

#[test]
fn wishes_about_money_are_told_apart() {
    check(
        IntentKind::RefundRequest,
        &[
            "我要申请退款",
            "退款什么时候到账",
            "东西不要了，把钱退给我",
            "退款三天了还没有到账",
            "請盡快退款給我",
            "I'd like a refund please",
            "I want my money back!!",
            "when will i get my refnud",
            "My refund still hasn't shown up on my card",
        ],
    );
    check(
        IntentKind::PaymentProblem,
        &[
            "付款的时候一直提示支付失败",
            "为什么付不了款啊",
            "你们系统扣了我两次钱",
            "钱扣了但是订单显示未支付",
            "支持花呗付款吗",
            "My card was declined at checkout",
            "I was charged twice for the same order",
            "The payment page keeps showing an error",
            "do you accept paypal?",
        ],
    );
    check(
        IntentKind::InvoiceRequest,
        &[
            "可以开增值税专用发票吗",
            "麻烦开一下电子发票，抬头写公司名称",
            "發票什麼時候寄給我",
            "Could you send me the invoice for my last order?",
            "i need a recipt for my taxes",
        ],
    );
    check(
        IntentKind::PriceDiscount,
        &[
            "这个能便宜点吗",
            "有没有优惠券可以领",
            "两件包邮吗",
            "买三件打几折",
            "現在買有什麼贈品嗎",
            "这款多少钱",
            "Is there a discount for students?",
            "my coupon code doesn't work",
            "How much is shipping to Canada?",
            "do you offer free shipping",
        ],
    );
}

#[test]
fn wishes_about_goods_are_told_apart() {
    check(
        IntentKind::ReturnExchange,
        &[
            "衣服太小了，想换大一码",
            "不喜欢可以退货吗",
            "支持七天无理由退换吗",
            "尺码不合适，怎么换货",
            "我想退貨，運費誰出",
            "How do I return these shoes?",
            "I want to exchange it for a bigger size",
            "what is your return policy",
        ],
    );
    check(
        IntentKind::ProductQuestion,
        &[
            "这款有黑色的吗",
            "请问还有现货吗",
            "这件衣服是纯棉的吗",
            "身高165穿什么码合适",
            "这两款有什么区别",
            "這個怎麼使用？",
            "Is this jacket waterproof?",
            "Do you have this in size M?",
            "what's the difference between the two models",
            "when will it be back in stock?",
        ],
    );
    check(
        IntentKind::Complaint,
        &[
            "收到的杯子碎了",
            "你们发错货了，我买的是白色",
            "客服态度太差了，我要投诉",
            "简直是骗子，卖的都是假货",
            "少发了一件，怎么回事",
            "收到貨是壞的，太失望了",
            "The screen arrived cracked",
            "You sent me the wrong item",
            "Worst customer service ever, I am going to file a complaint",
            "this blender stopped working after two days",
        ],
    );
}

#[test]
fn wishes_to_change_something_are_told_apart() {
    check(
        IntentKind::DeliveryChange,
        &[
            "地址填错了，能帮我改一下吗",
            "可以发顺丰吗",
            "我这几天不在家，先别发货",
            "麻烦把收货地址改成公司",
            "請幫我修改收件地址",
            "Can I change my delivery address?",
            "I moved last week, please update the shipping address",
            "I'm on vacation, please hold my package",
            "can you ship it with DHL instead",
        ],
    );
    check(
        IntentKind::CancelOrder,
        &[
            "帮我取消订单",
            "拍错了，取消掉吧",
            "我不想要了，能取消吗",
            "請取消我剛剛下的訂單",
            "Please cancel my order",
            "I ordered by mistake, can you cancell it?",
            "how can I cancel order 332190",
        ],
    );
    check(
        IntentKind::AccountHelp,
        &[
            "登录不上账号了",
            "忘记密码怎么办",
            "收不到验证码",
            "怎么注销会员",
            "I forgot my password",
            "can't log in to my acount",
            "How do I delete my account?",
        ],
    );
}

#[test]
fn words_that_only_keep_the_talk_going_are_told_apart() {
    check(
        IntentKind::Greeting,
        &["你好", "在吗？", "您好，请问有人吗", "Hello", "hi there!", "good morning 😊"],
    );
    check(
        IntentKind::Thanks,
        &[
            "谢谢！",
            "好的，辛苦了",
            "收到了，很满意",
            "Thanks a lot!",
            "great, thank you so much 👍",
        ],
    );
    check(
        IntentKind::HumanAgent,
        &[
            "转人工",
            "我要找人工客服",
            "別機器人回覆了，我要真人",
            "I want to speak to a real person",
            "connect me with an agent please",
            "can i talk to a human",
        ],
    );
    check(
        IntentKind::Other,
        &["", "。。。", "😀", "秦皇岛", "今天天气真冷", "The sky is blue", "asdf qwer", "1234"],
    );
}

#[test]
fn a_greeting_or_thanks_does_not_hide_the_wish() {
    check(
        IntentKind::RefundRequest,
        &["你好，我想退款，谢谢", "Hi, I would like a refund. Thanks!"],
    );
    check(
        IntentKind::OrderStatus,
        &["亲，在吗？我的快递怎么还没到", "hello, where is my package? thx"],
    );
}

#[test]
fn a_denied_wish_is_no_wish() {
    let analyzer = RuleAnalyzer::new();
    #[track_caller]
    fn check(analyzer: &RuleAnalyzer, text: &str, denied: IntentKind) {
        assert_ne!(analyzer.analyze(text).intent.kind, denied, "{text}");
    }

    check(&analyzer, "不用退款了", IntentKind::RefundRequest);
    check(&analyzer, "I don't want a refund", IntentKind::RefundRequest);
    check(&analyzer, "先别取消订单", IntentKind::CancelOrder);
    check(&analyzer, "please do not cancel my order", IntentKind::CancelOrder);
    check(&analyzer, "不需要发票", IntentKind::InvoiceRequest);
}

#[test]
fn more_cues_make_surer_and_rivals_less_sure() {
    let analyzer = RuleAnalyzer::new();
    let confidence = |text: &str| analyzer.analyze(text).intent.confidence;

    assert!(confidence("订单") < confidence("查询订单状态"));
    assert!(confidence("取消订单，还要发票") < confidence("取消订单"));
    assert!(confidence("秦皇岛") < 0.5);
}

#[test]
fn every_intent_has_a_name_that_leads_back_to_it() {
    for kind in IntentKind::ALL {
        assert_eq!(IntentKind::from_name(kind.name()), Some(*kind));
        assert_eq!(kind.to_string(), kind.name());
    }
    assert_eq!(IntentKind::from_name("OrderStatus"), None);
}
