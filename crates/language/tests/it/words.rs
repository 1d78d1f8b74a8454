//! Words of the text: segmentation, classes, keywords, and what is kept out of logs.

use language::{Analyzer, PartOfSpeech, RuleAnalyzer};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let analysis = RuleAnalyzer::new().analyze(text);
    let words: Vec<&str> = analysis.tokens.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(words, expected);
    assert!(analysis.tokens.iter().all(|it| text[it.range.clone()] == it.text));
}

#[test]
fn chinese_is_cut_into_words_of_the_dictionary() {
    check("我的订单没有到达", &["我", "的", "订单", "没有", "到达"]);
    check("请帮我查询物流信息。", &["请", "帮", "我", "查询", "物流信息", "。"]);
    check("請問什麼時候發貨", &["請問", "什麼", "時候", "發貨"]);
    check("衣服质量非常好", &["衣服", "质量", "非常", "好"]);
}

#[test]
fn unknown_characters_stand_alone() {
    check("鑫淼快递", &["鑫", "淼", "快递"]);
}

#[test]
fn mixed_text_keeps_the_words_as_they_were_written() {
    check("我的iPhone15坏了！", &["我", "的", "iPhone15", "坏了", "！"]);
    check("I can't find it :(", &["I", "can't", "find", "it", ":", "("]);
    check("邮箱 A@b.com 👍🏽", &["邮箱", "A@b.com", "👍"]);
}

#[test]
fn words_have_the_class_the_dictionary_gives_them() {
    let analysis = RuleAnalyzer::new().analyze("我 查询 订单 3 very quickly ， 鑫");

    let classes: Vec<_> = analysis.tokens.iter().map(|it| it.part_of_speech).collect();
    assert_eq!(
        classes,
        [
            Some(PartOfSpeech::Pronoun),
            Some(PartOfSpeech::Verb),
            Some(PartOfSpeech::Noun),
            Some(PartOfSpeech::Numeral),
            Some(PartOfSpeech::Adverb),
            Some(PartOfSpeech::Adverb),
            Some(PartOfSpeech::Punctuation),
            None,
        ]
    );
}

#[test]
fn keywords_are_content_words_by_frequency() {
    let analyzer = RuleAnalyzer::new();

    let chinese = analyzer.analyze("耳机坏了，这个耳机才买的，电话13812345678").keywords;
    let english =
        analyzer.analyze("The battery is dead. I want a new battery for my camera").keywords;

    assert_eq!(chinese[0], "耳机");
    assert!(chinese.iter().all(|it| !it.contains("138")), "{chinese:?}");
    assert_eq!(english[..2], ["battery", "camera"]);
    assert!(!english.contains(&"the".to_owned()));
}

#[test]
fn what_a_customer_wrote_does_not_show_in_debug_output() {
    let analysis = RuleAnalyzer::new().analyze("我叫李雷，电话13812345678");

    let shown = format!("{analysis:?} {:?}", analysis.tokens);

    assert!(!shown.contains("李") && !shown.contains("138"), "{shown}");
    assert!(shown.contains("Phone"));
}
