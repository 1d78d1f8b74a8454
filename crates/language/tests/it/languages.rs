//! Which language a text is in.

use language::Language::{Chinese, English, Other, Undetermined};
use language::{Analyzer, Language, RuleAnalyzer};

#[track_caller]
fn check(expected: Language, texts: &[&str]) {
    let analyzer = RuleAnalyzer::new();
    let read = texts.iter().map(|text| (*text, analyzer.analyze(text).language));
    let missed: Vec<_> = read.filter(|(_, language)| *language != expected).collect();
    assert!(missed.is_empty(), "not read as {expected}: {missed:?}");
}

#[test]
fn chinese_is_recognised_in_both_scripts_and_among_brands() {
    check(
        Chinese,
        &[
            "在吗",
            "請問什麼時候出貨",
            "iPhone 15 Pro Max 256GB 有货吗",
            "我的order还没到",
            "这个是 Nike 的吗？http://example.com/nike-air-max",
            "谢谢😊😊😊",
            "ＡＢＣ套餐多少钱",
        ],
    );
}

#[test]
fn english_is_recognised_with_typos_and_names() {
    check(
        English,
        &[
            "Hello",
            "Where is my order?",
            "where is my 快递",
            "i havent recieved my pakage yet",
            "Thanks, Zhang Wei!",
            "ok",
            "Is the Xiaomi Redmi Note 12 in stock?",
            "cafe is nice but the naïve waiter was rude",
        ],
    );
}

#[test]
fn other_languages_are_told_from_both() {
    check(
        Other,
        &[
            "Bonjour, où est ma commande ?",
            "¿Dónde está mi pedido? Gracias",
            "Wo ist meine Bestellung? Ich warte schon zwei Wochen",
            "Где мой заказ?",
            "注文した商品はまだ届いていません",
            "주문한 물건이 아직 안 왔어요",
            "أين طلبي؟",
            "สินค้ายังไม่มาเลย",
            "Onde está meu pedido? Não recebi nada",
        ],
    );
}

#[test]
fn too_little_is_undetermined() {
    check(
        Undetermined,
        &["", "   \n", "123456", "!!!???", "😀👍", "13800138000", "x", "Xqzt", "a@b.com"],
    );
}
