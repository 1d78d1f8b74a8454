//! Any text gets an analysis that holds together, in bounded time.

use std::time::{Duration, Instant};

use language::{Analysis, Analyzer, MAX_CHARS, RuleAnalyzer};

/// Bits of text that exercise every branch when they meet at random.
const BITS: [&str; 40] = [
    "我的",
    "订单",
    "没有",
    "到达",
    "退款",
    "不",
    "好",
    "吗",
    "訂單",
    "。",
    "，",
    "？",
    " ",
    "\n",
    "order",
    "n't",
    "refnud",
    "Where",
    "very ",
    "bad",
    "1",
    "13812345678",
    "2024-",
    "05/",
    "年",
    "月",
    "¥",
    "$",
    "元",
    "@",
    ".com",
    "http://",
    "#",
    "-",
    "SF",
    "(",
    ":)",
    "👍🏽",
    "e\u{301}",
    "\u{200d}",
];

/// A small generator (xorshift): the same texts on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn char(&mut self) -> char {
        let limit = [0x80, 0x800, 0x1_0000, 0x11_0000][self.below(4)];
        char::from_u32(self.below(limit) as u32).unwrap_or('\u{fffd}')
    }
}

#[track_caller]
fn holds_together(text: &str, analysis: &Analysis) {
    let mut reached = 0;
    for token in &analysis.tokens {
        assert!(reached <= token.range.start && token.range.start < token.range.end, "{text:?}");
        assert_eq!(text.get(token.range.clone()), Some(token.text.as_str()), "{text:?}");
        reached = token.range.end;
    }
    let mut reached = 0;
    for entity in &analysis.entities {
        assert!(reached <= entity.range.start && entity.range.start < entity.range.end, "{text:?}");
        assert!(text.get(entity.range.clone()).is_some(), "{text:?}");
        reached = entity.range.end;
    }
    assert!((-1.0..=1.0).contains(&analysis.sentiment.score), "{text:?}");
    assert!((0.0..=1.0).contains(&analysis.intent.confidence), "{text:?}");
    assert!(!analysis.model.is_empty());
}

#[test]
fn random_characters_never_break_it() {
    let (analyzer, mut random) = (RuleAnalyzer::new(), Random(0x5eed));
    for _ in 0..3_000 {
        let text: String = (0..random.below(60)).map(|_| random.char()).collect();
        holds_together(&text, &analyzer.analyze(&text));
    }
}

#[test]
fn random_mixtures_of_cues_never_break_it() {
    let (analyzer, mut random) = (RuleAnalyzer::new(), Random(0xc0ffee));
    for _ in 0..6_000 {
        let text: String = (0..random.below(25)).map(|_| BITS[random.below(BITS.len())]).collect();
        let analysis = analyzer.analyze(&text);
        holds_together(&text, &analysis);
        assert_eq!(analysis, analyzer.analyze(&text), "{text:?}");
    }
}

#[test]
fn a_megabyte_of_junk_is_read_only_at_its_beginning() {
    let analyzer = RuleAnalyzer::new();
    let junk = [
        "a",
        "我",
        "1 ",
        "a.",
        "a@",
        "没到",
        "不没别",
        "非常好像",
        "很非常真",
        "!",
        "www.-",
        "(1",
        "where order not arrive ",
        "\u{0}",
        "👍",
    ];
    let started = Instant::now();

    for bit in junk {
        let text = bit.repeat((1 << 20) / bit.len());
        let analysis = analyzer.analyze(&text);
        holds_together(&text, &analysis);
        assert!(analysis.tokens.len() <= MAX_CHARS);
    }

    // It takes a quarter of a second on an idle machine; a pass that is quadratic takes minutes.
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn stammering_stays_within_the_scale() {
    let text = "非常".repeat(MAX_CHARS / 2 - 1) + "好";

    let analysis = RuleAnalyzer::new().analyze(&text);

    holds_together(&text, &analysis);
    assert!(0.0 < analysis.sentiment.score);
}

#[test]
fn what_stands_behind_the_limit_changes_nothing() {
    let analyzer = RuleAnalyzer::new();
    let begun = "我要退款。".to_owned() + &" ".repeat(MAX_CHARS);

    let short = analyzer.analyze(&begun);
    let long = analyzer.analyze(&(begun.clone() + "取消订单 http://example.com 😡😡😡"));

    assert_eq!(short, long);
}

#[test]
fn an_analyzer_serves_many_threads() {
    let analyzer: &dyn Analyzer = &RuleAnalyzer::new();
    let expected = analyzer.analyze("我的订单到哪里了");

    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(analyzer.analyze("我的订单到哪里了"), expected));
        }
    });
}
