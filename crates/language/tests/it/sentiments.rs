//! Sentiment in both languages: words, negation, degree, contrast, questions, signs.

use language::SentimentLabel::{Negative, Neutral, Positive};
use language::{Analyzer, RuleAnalyzer, SentimentLabel};

#[track_caller]
fn check(expected: SentimentLabel, texts: &[&str]) {
    let analyzer = RuleAnalyzer::new();
    let felt = texts.iter().map(|text| (*text, analyzer.analyze(text).sentiment));
    let missed: Vec<_> = felt.filter(|(_, it)| it.label != expected).collect();
    assert!(missed.is_empty(), "not felt as {expected}: {missed:?}");
}

fn score(text: &str) -> f64 {
    RuleAnalyzer::new().analyze(text).sentiment.score
}

#[test]
fn pleased_customers_sound_pleased() {
    check(
        Positive,
        &[
            "质量很好，很喜欢",
            "物流超快，包装也很精致",
            "客服很耐心，非常满意，下次还会再来",
            "味道不錯，推薦給大家",
            "买给妈妈的，老人家特别开心",
            "I love this dress, it fits perfectly",
            "Great quality and fast shipping!",
            "works really well, highly recommend",
            "awsome product, my kids love it",
            "👍👍👍",
            "收到啦 😍",
        ],
    );
}

#[test]
fn displeased_customers_sound_displeased() {
    check(
        Negative,
        &[
            "太差了，用了一天就坏了",
            "等了一个星期都没发货，客服也不回复",
            "這是我買過最難吃的餅乾",
            "跟图片完全不一样，太失望了",
            "再也不会买了",
            "垃圾东西，退钱",
            "Terrible quality, it broke after one day",
            "very dissapointed with the service",
            "nobody answers the phone, what a joke",
            "I hate waiting for three weeks 😡",
            "👎",
        ],
    );
}

#[test]
fn plain_questions_and_facts_are_neutral() {
    check(
        Neutral,
        &[
            "",
            "我买了两件",
            "请问几点关门",
            "这个质量好吗？",
            "帮我查一下订单20231101",
            "Where is my order?",
            "Do you have this in blue?",
            "The parcel weighs 2 kg",
            "12345",
        ],
    );
}

#[test]
fn negation_turns_a_feeling_around() {
    check(
        Negative,
        &[
            "不好",
            "不是很好",
            "一点都不好吃",
            "没有想的那么好",
            "not good",
            "it isn't very comfortable",
            "I do not recommend it",
        ],
    );
    check(
        Positive,
        &["不错", "没有失望", "没有异味，很满意", "not bad at all", "no problems so far"],
    );
}

#[test]
fn a_question_that_repeats_its_verb_denies_nothing() {
    assert!(0.0 <= score("好不好"));
    assert!(-0.2 < score("你们有没有优质的茶叶"));
}

#[test]
fn degree_makes_a_feeling_stronger_or_weaker() {
    assert!(score("很满意") < score("非常满意"));
    assert!(score("有点失望") > score("太失望了"));
    assert!(score("good") < score("extremely good"));
    assert!(score("somewhat disappointing") > score("utterly disappointing"));
}

#[test]
fn what_follows_but_counts_more() {
    check(Negative, &["包装不错，但是味道太差", "The color is nice but the quality is terrible"]);
    check(Positive, &["物流有点慢，但是东西非常好", "a bit expensive, but absolutely worth it"]);
}

#[test]
fn a_bad_word_after_a_good_one_is_bad() {
    check(Negative, &["好慢", "a great disappointment", "pretty awful"]);
}
