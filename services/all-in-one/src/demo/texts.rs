//! What the demo's customers write: tens of realistic texts in Chinese and English.

/// A text a customer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    /// BCP 47 tag of its language.
    pub(super) language: &'static str,
    /// What its writer wants.
    pub(super) intent: &'static str,
    /// The words.
    pub(super) words: &'static str,
}

/// Returns every text of the demo, in a fixed order.
pub(super) fn all() -> Vec<Text> {
    include_str!("texts.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(parse)
        .collect()
}

fn parse(line: &'static str) -> Option<Text> {
    let (language, rest) = line.split_once(' ')?;
    let (intent, words) = rest.split_once(' ')?;
    Some(Text { language, intent, words })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_texts_are_tens_of_different_ones_in_both_languages() {
        let texts = all();

        let different: HashSet<_> = texts.iter().map(|text| text.words).collect();
        assert_eq!(different.len(), texts.len());
        for language in ["zh", "en"] {
            assert!(texts.iter().filter(|text| text.language == language).count() >= 20);
        }
    }
}
