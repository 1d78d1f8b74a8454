//! What customers are told about their orders, in Chinese and English.

use chrono::{DateTime, Datelike, FixedOffset, Utc};

use super::{
    analysis::Language,
    order::{Order, OrderNews, OrderState},
    text::Text,
};

/// States how far an order got: its number, its state, and what is known of carrier and dates.
pub fn order_status(order: &Order, language: Language) -> Text {
    let text = match language {
        Language::Chinese => status_in_chinese(order),
        Language::English => status_in_english(order),
    };
    Text::clipped(&text)
}

/// Tells of an order's payment or shipment.
pub fn order_news(order: &Order, news: OrderNews, language: Language) -> Text {
    let number = &order.number;
    let text = match (news, language) {
        (OrderNews::Paid, Language::Chinese) => {
            format!("您好，我们已收到您订单 {number} 的付款，正在为您安排发货。")
        }
        (OrderNews::Paid, Language::English) => format!(
            "Hello, we have received your payment for order {number} and are preparing it for \
             shipment."
        ),
        (OrderNews::Shipped, Language::Chinese) => {
            format!("您好，您的订单 {number} 已发货{}。", waybill_in_chinese(order))
        }
        (OrderNews::Shipped, Language::English) => {
            format!("Hello, your order {number} has been shipped{}.", waybill_in_english(order))
        }
    };
    Text::clipped(&text)
}

/// Tells agents that the customer asked about an order nobody knows of.
pub fn no_order(language: Language) -> Text {
    Text::clipped(match language {
        Language::Chinese => "客户询问订单状态，但系统中没有找到该客户的订单，请人工核实。",
        Language::English => {
            "The customer asked about an order, but no order of this contact is known. Please check."
        }
    })
}

fn status_in_chinese(order: &Order) -> String {
    let number = &order.number;
    let on = |time| on_in_chinese(time);
    match order.state {
        OrderState::Placed => format!(
            "您好，您的订单 {number} 已{}提交，目前还未付款。付款后我们会尽快为您发货。",
            on(order.place_time)
        ),
        OrderState::Paid => format!(
            "您好，您的订单 {number} 已{}付款，我们正在为您备货，发货后会有物流信息。",
            on(order.pay_time)
        ),
        OrderState::Shipped => format!(
            "您好，您的订单 {number} 已{}发货{}，目前正在配送途中，请您耐心等待。",
            on(order.ship_time),
            waybill_in_chinese(order)
        ),
        OrderState::Delivered => format!(
            "您好，您的订单 {number} 已{}送达{}。如果您没有收到，请告诉我们，我们马上为您核实。",
            on(order.deliver_time),
            waybill_in_chinese(order)
        ),
        OrderState::Cancelled => format!(
            "您好，您的订单 {number} 已{}取消。如果您已经付款，款项会原路退回。",
            on(order.close_time)
        ),
        OrderState::Refunded => format!(
            "您好，您的订单 {number} 已{}退款，款项会原路退回到您的付款账户。",
            on(order.close_time)
        ),
    }
}

fn status_in_english(order: &Order) -> String {
    let number = &order.number;
    let on = |time| on_in_english(time);
    match order.state {
        OrderState::Placed => format!(
            "Hello, your order {number} was placed{} and has not been paid yet. We will ship it \
             soon after your payment.",
            on(order.place_time)
        ),
        OrderState::Paid => format!(
            "Hello, your order {number} was paid{}. We are preparing it, and it will be shipped \
             soon.",
            on(order.pay_time)
        ),
        OrderState::Shipped => format!(
            "Hello, your order {number} was shipped{}{} and is on its way to you.",
            on(order.ship_time),
            waybill_in_english(order)
        ),
        OrderState::Delivered => format!(
            "Hello, your order {number} was delivered{}{}. If you have not received it, please \
             tell us and we will look into it at once.",
            on(order.deliver_time),
            waybill_in_english(order)
        ),
        OrderState::Cancelled => format!(
            "Hello, your order {number} was cancelled{}. If you have paid for it, the amount goes \
             back the way it came.",
            on(order.close_time)
        ),
        OrderState::Refunded => format!(
            "Hello, your order {number} was refunded{}. The amount goes back the way it came.",
            on(order.close_time)
        ),
    }
}

fn waybill_in_chinese(order: &Order) -> String {
    match (&order.carrier, &order.tracking_number) {
        (Some(carrier), Some(number)) => format!("（{carrier}，运单号 {number}）"),
        (Some(carrier), None) => format!("（{carrier}）"),
        (None, Some(number)) => format!("（运单号 {number}）"),
        (None, None) => String::new(),
    }
}

fn waybill_in_english(order: &Order) -> String {
    match (&order.carrier, &order.tracking_number) {
        (Some(carrier), Some(number)) => format!(" with {carrier} (tracking number {number})"),
        (Some(carrier), None) => format!(" with {carrier}"),
        (None, Some(number)) => format!(" (tracking number {number})"),
        (None, None) => String::new(),
    }
}

/// China has one time zone, eight hours ahead of UTC.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;

fn on_in_chinese(time: Option<DateTime<Utc>>) -> String {
    let china = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let (Some(time), Some(china)) = (time, china) else {
        return String::new();
    };
    let day = time.with_timezone(&china);
    format!("于{}年{}月{}日", day.year(), day.month(), day.day())
}

fn on_in_english(time: Option<DateTime<Utc>>) -> String {
    time.map_or_else(String::new, |time| time.format(" on %-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(state: OrderState) -> Order {
        let time = DateTime::parse_from_rfc3339("2026-11-20T18:30:00Z").unwrap().to_utc();
        Order {
            number: "KX-1001".to_owned(),
            contact: None,
            state,
            carrier: Some("顺丰速运".to_owned()),
            tracking_number: Some("SF123".to_owned()),
            place_time: Some(time),
            pay_time: Some(time),
            ship_time: Some(time),
            deliver_time: Some(time),
            close_time: Some(time),
        }
    }

    #[test]
    fn each_state_is_told_in_both_languages() {
        #[track_caller]
        fn check(state: OrderState, chinese: &str, english: &str) {
            let order = order(state);
            let text = |language| order_status(&order, language).expose().to_owned();
            assert_eq!(text(Language::Chinese), chinese);
            assert_eq!(text(Language::English), english);
        }

        check(
            OrderState::Placed,
            "您好，您的订单 KX-1001 已于2026年11月21日提交，目前还未付款。付款后我们会尽快为您发货。",
            "Hello, your order KX-1001 was placed on 20 November 2026 and has not been paid yet. \
             We will ship it soon after your payment.",
        );
        check(
            OrderState::Paid,
            "您好，您的订单 KX-1001 已于2026年11月21日付款，我们正在为您备货，发货后会有物流信息。",
            "Hello, your order KX-1001 was paid on 20 November 2026. We are preparing it, and it \
             will be shipped soon.",
        );
        check(
            OrderState::Shipped,
            "您好，您的订单 KX-1001 已于2026年11月21日发货（顺丰速运，运单号 SF123），\
             目前正在配送途中，请您耐心等待。",
            "Hello, your order KX-1001 was shipped on 20 November 2026 with 顺丰速运 (tracking \
             number SF123) and is on its way to you.",
        );
        check(
            OrderState::Delivered,
            "您好，您的订单 KX-1001 已于2026年11月21日送达（顺丰速运，运单号 SF123）。\
             如果您没有收到，请告诉我们，我们马上为您核实。",
            "Hello, your order KX-1001 was delivered on 20 November 2026 with 顺丰速运 (tracking \
             number SF123). If you have not received it, please tell us and we will look into it \
             at once.",
        );
        check(
            OrderState::Cancelled,
            "您好，您的订单 KX-1001 已于2026年11月21日取消。如果您已经付款，款项会原路退回。",
            "Hello, your order KX-1001 was cancelled on 20 November 2026. If you have paid for it, \
             the amount goes back the way it came.",
        );
        check(
            OrderState::Refunded,
            "您好，您的订单 KX-1001 已于2026年11月21日退款，款项会原路退回到您的付款账户。",
            "Hello, your order KX-1001 was refunded on 20 November 2026. The amount goes back the \
             way it came.",
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        #[track_caller]
        fn check(carrier: Option<&str>, tracking_number: Option<&str>, zh: &str, en: &str) {
            let order = Order {
                carrier: carrier.map(str::to_owned),
                tracking_number: tracking_number.map(str::to_owned),
                ship_time: None,
                ..order(OrderState::Shipped)
            };
            assert_eq!(order_status(&order, Language::Chinese).expose(), zh);
            assert_eq!(order_status(&order, Language::English).expose(), en);
        }

        check(
            None,
            None,
            "您好，您的订单 KX-1001 已发货，目前正在配送途中，请您耐心等待。",
            "Hello, your order KX-1001 was shipped and is on its way to you.",
        );
        check(
            Some("DHL"),
            None,
            "您好，您的订单 KX-1001 已发货（DHL），目前正在配送途中，请您耐心等待。",
            "Hello, your order KX-1001 was shipped with DHL and is on its way to you.",
        );
        check(
            None,
            Some("7"),
            "您好，您的订单 KX-1001 已发货（运单号 7），目前正在配送途中，请您耐心等待。",
            "Hello, your order KX-1001 was shipped (tracking number 7) and is on its way to you.",
        );
    }

    #[test]
    fn news_names_the_order_and_how_it_travels() {
        #[track_caller]
        fn check(news: OrderNews, language: Language, expected: &str) {
            let text = order_news(&order(OrderState::Shipped), news, language);
            assert_eq!(text.expose(), expected);
        }

        check(
            OrderNews::Paid,
            Language::Chinese,
            "您好，我们已收到您订单 KX-1001 的付款，正在为您安排发货。",
        );
        check(
            OrderNews::Paid,
            Language::English,
            "Hello, we have received your payment for order KX-1001 and are preparing it for \
             shipment.",
        );
        check(
            OrderNews::Shipped,
            Language::Chinese,
            "您好，您的订单 KX-1001 已发货（顺丰速运，运单号 SF123）。",
        );
        check(
            OrderNews::Shipped,
            Language::English,
            "Hello, your order KX-1001 has been shipped with 顺丰速运 (tracking number SF123).",
        );
    }
}
