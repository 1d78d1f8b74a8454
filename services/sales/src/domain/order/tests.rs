//! What orders decide, beyond which moves are legal.

use chrono::TimeDelta;

use super::*;
use crate::domain::{ProductDraft, Quantity, generated};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn text(raw: &str) -> Text {
    Text::parse(raw, 100, "too long").unwrap()
}

fn cny(minor_units: i64) -> Money {
    Money::price("CNY", minor_units).unwrap()
}

fn line(title: &str, quantity: i32, unit_price: Option<Money>) -> LineDraft {
    let quantity = Quantity::parse(quantity).unwrap();
    LineDraft { product: None, title: text(title), quantity, unit_price }
}

fn draft(line_items: Vec<LineDraft>) -> OrderDraft {
    OrderDraft {
        number: None,
        contact: None,
        buyer: None,
        line_items,
        note: Text::default(),
        place_time: None,
    }
}

fn place(draft: OrderDraft, products: &HashMap<ProductId, Product>) -> Result<Order> {
    Order::place(draft, generated(NOW, 1), products, NOW).map(|(order, _)| order)
}

fn placed() -> Order {
    place(draft(vec![line("Tea", 3, Some(cny(100)))]), &HashMap::new()).unwrap()
}

fn paid() -> Order {
    placed().pay(&cny(300), Text::default(), NOW).unwrap().0
}

#[test]
fn a_line_takes_what_it_does_not_say_from_its_product() {
    let (product, _) = Product::create(
        ProductDraft {
            sku: Code::parse("TEA-01").unwrap(),
            display_name: text("Longjing"),
            description: Text::default(),
            price: cny(250),
        },
        NOW,
    );
    let of_product =
        |title, price| LineDraft { product: Some(product.id), ..line(title, 2, price) };
    let lines = vec![of_product("", None), of_product("Gift", Some(cny(0)))];
    let products = HashMap::from([(product.id, product.clone())]);

    let order = place(draft(lines.clone()), &products).unwrap();

    let titles: Vec<_> = order.line_items.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["Longjing", "Gift"]);
    assert_eq!(order.total, cny(500));
    let missing = place(draft(lines), &HashMap::new()).unwrap_err();
    assert!(matches!(missing, Error::ProductNotFound(id) if id == product.id));
}

#[test]
fn lines_that_make_no_sum_are_refused() {
    #[track_caller]
    fn check(line_items: Vec<LineDraft>, expected: &str) {
        let error = place(draft(line_items), &HashMap::new()).unwrap_err();
        assert_eq!(error.to_string(), format!("`order.line_items` {expected}"));
    }

    check(vec![], "must not be empty");
    check(vec![line("", 1, Some(cny(1)))], "must each have a title or a product");
    check(vec![line("Tea", 1, None)], "must each have a unit price or a product");
    let usd = Money::price("USD", 1).unwrap();
    check(vec![line("Tea", 1, Some(cny(1))), line("Tea", 1, Some(usd))], "must be in one currency");
    check(vec![line("Tea", 2, Some(cny(i64::MAX)))], "must not come to more than can be counted");
}

#[test]
fn an_order_may_be_from_before_but_not_from_the_future() {
    let at = |place_time| OrderDraft {
        place_time: Some(place_time),
        ..draft(vec![line("Tea", 1, Some(cny(1)))])
    };
    let yesterday = NOW - TimeDelta::days(1);

    let order = place(at(yesterday), &HashMap::new()).unwrap();

    assert_eq!((order.place_time, order.create_time), (yesterday, NOW));
    assert!(place(at(NOW + TimeDelta::microseconds(1)), &HashMap::new()).is_err());
}

#[test]
fn a_payment_is_of_the_total_in_its_currency() {
    #[track_caller]
    fn check(amount: Money, is_paid: bool) {
        assert_eq!(placed().pay(&amount, Text::default(), NOW).is_ok(), is_paid, "{amount:?}");
    }

    check(cny(300), true);
    check(cny(299), false);
    check(Money::price("USD", 300).unwrap(), false);
}

#[test]
fn only_what_was_paid_is_paid_back() {
    #[track_caller]
    fn check(order: Order, expected: Option<Money>) {
        let (_, event) = order.cancel(Text::default(), NOW).unwrap();
        let Event::OrderCancelled { paid_back, .. } = event else { panic!("{event:?}") };
        assert_eq!(paid_back, expected);
    }

    check(placed(), None);
    check(paid(), Some(cny(300)));
}

#[test]
fn an_illegal_move_names_both_states() {
    let error = paid().pay(&cny(300), Text::default(), NOW).unwrap_err();

    let Error::OrderMoveIllegal { from, to, .. } = error else { panic!("{error}") };
    assert_eq!((from, to), (State::Paid, State::Paid));
}

#[test]
fn an_order_is_linked_once() {
    let [ada, bob] = [1, 2].map(|id| ContactId::from_uuid(uuid::Uuid::from_u128(id)));

    let (order, _) = placed().link(ada, NOW).unwrap().unwrap();

    assert_eq!((order.contact, order.version), (Some(ada), 2));
    assert!(matches!(order.clone().link(ada, NOW), Ok(None)));
    assert!(matches!(order.link(bob, NOW), Err(Error::OrderLinked(_))));
}
