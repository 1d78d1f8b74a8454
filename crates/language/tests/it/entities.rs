//! Numbers, addresses, amounts and dates in the text, with their place in its bytes.

use language::{Analyzer, RuleAnalyzer};

#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let analysis = RuleAnalyzer::new().analyze(text);
    let found: Vec<(&str, &str)> =
        analysis.entities.iter().map(|it| (it.kind.name(), &text[it.range.clone()])).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn order_numbers_are_known_by_their_word_or_shape() {
    check("订单号：20240315001234，帮我查下", &[("order_number", "20240315001234")]);
    check("我的订单 A-10023 还没到", &[("order_number", "A-10023")]);
    check("訂單編號是8834521", &[("order_number", "8834521")]);
    check("where is order #58213?", &[("order_number", "58213")]);
    check("my order number is 4471-2290", &[("order_number", "4471-2290")]);
    check("ORD-2024-00017 please", &[("order_number", "ORD-2024-00017")]);
    check("1890234567890123456", &[("order_number", "1890234567890123456")]);
    check("send me invoice #12588", &[]);
    check("I ordered 2 shirts", &[]);
}

#[test]
fn tracking_numbers_are_known_by_their_word_or_shape() {
    check("快递单号SF1234567890123", &[("tracking_number", "SF1234567890123")]);
    check("运单号 773012345678901", &[("tracking_number", "773012345678901")]);
    check("YT8765432109876到哪了", &[("tracking_number", "YT8765432109876")]);
    check(
        "tracking number: 9400110200881234567890",
        &[("tracking_number", "9400110200881234567890")],
    );
    check("1Z999AA10123456784", &[("tracking_number", "1Z999AA10123456784")]);
    check("it is RR123456785CN", &[("tracking_number", "RR123456785CN")]);
}

#[test]
fn telephone_numbers_are_found_with_and_without_separators() {
    check("打我电话13812345678", &[("phone", "13812345678")]);
    check("＋86 138-1234-5678", &[("phone", "＋86 138-1234-5678")]);
    check("座机010-62345678", &[("phone", "010-62345678")]);
    check("热线400-820-8820", &[("phone", "400-820-8820")]);
    check("call (415) 555-0132 now", &[("phone", "(415) 555-0132")]);
    check("+44 20 7946 0958", &[("phone", "+44 20 7946 0958")]);
    check("phone: 5550199", &[("phone", "5550199")]);
    check("身高165体重120", &[]);
}

#[test]
fn addresses_of_the_web_end_where_the_sentence_goes_on() {
    check(
        "看https://shop.example.com/item?id=3&x=1。谢谢",
        &[("url", "https://shop.example.com/item?id=3&x=1")],
    );
    check("see www.example.org/help, please", &[("url", "www.example.org/help")]);
    check("(example.com)", &[("url", "example.com")]);
    check("邮箱：li.lei+shop@example.com.cn", &[("email", "li.lei+shop@example.com.cn")]);
    check("write to Ann_B@mail.example.co.uk.", &[("email", "Ann_B@mail.example.co.uk")]);
    check("@someone a@b 3.5.com", &[]);
}

#[test]
fn amounts_need_a_currency() {
    check("退我¥1,299.00", &[("money", "¥1,299.00")]);
    check("花了99.9元", &[("money", "99.9元")]);
    check("才30块钱", &[("money", "30块钱")]);
    check("便宜5块吧", &[("money", "5块")]);
    check("3块蛋糕", &[]);
    check("it cost US$ 20 and 15 euros", &[("money", "US$ 20"), ("money", "15 euros")]);
    check("HK$350 and 1.2万元", &[("money", "HK$350"), ("money", "1.2万元")]);
    check("2 kg", &[]);
}

#[test]
fn days_are_found_in_both_languages() {
    check("2024年5月1日下的单", &[("date", "2024年5月1日")]);
    check("since 2024-05-01", &[("date", "2024-05-01")]);
    check("05/12/2023", &[("date", "05/12/2023")]);
    check("11月11号买的，下周三要用", &[("date", "11月11号"), ("date", "下周三")]);
    check("五月一日", &[("date", "五月一日")]);
    check("明天能到吗", &[("date", "明天")]);
    check("ordered on March 3rd, 2024", &[("date", "March 3rd, 2024")]);
    check("by 12th of May", &[("date", "12th of May")]);
    check("last monday or tomorrow", &[("date", "last monday"), ("date", "tomorrow")]);
    check("you may try 3号楼 or 13/45/2020", &[]);
}

#[test]
fn entities_stand_in_order_without_overlaps() {
    check(
        "订单#88012，电话13912345678，5月3日付了¥58，a@b.com",
        &[
            ("order_number", "88012"),
            ("phone", "13912345678"),
            ("date", "5月3日"),
            ("money", "¥58"),
            ("email", "a@b.com"),
        ],
    );
}
