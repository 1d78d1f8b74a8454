//! English words without their endings, so that a table lists each word once. Knows no table.

/// Shortest stem that an ending is taken from.
const MIN_STEM: usize = 3;

/// Cuts plural, past and -ing endings: crude, but the same for tables and texts, which is what counts.
pub(crate) fn stem(word: &str) -> String {
    let mut stem = word.trim_matches('\'').to_owned();
    if let Some(owner) = stem.strip_suffix("'s") {
        stem = owner.to_owned();
    }
    if !stem.is_ascii() || stem.contains('\'') {
        return stem;
    }
    cut_plural(&mut stem);
    cut_tense(&mut stem);
    if let Some(rest) = stem.strip_suffix('e')
        && MIN_STEM <= rest.len()
        && !rest.ends_with('e')
        && !is_short(rest)
    {
        stem.pop();
    }
    if 2 < stem.len() && stem.ends_with('y') && !ends_with_vowel(&stem[..stem.len() - 1]) {
        stem.pop();
        stem.push('i');
    }
    stem
}

fn cut_plural(stem: &mut String) {
    if stem.len() <= MIN_STEM || !stem.ends_with('s') {
        return;
    }
    if stem.ends_with("ies") && 4 < stem.len() {
        stem.truncate(stem.len() - 3);
        stem.push('y');
    } else if !["ss", "us", "is", "as", "os"].iter().any(|it| stem.ends_with(it)) {
        stem.pop();
    }
}

fn cut_tense(stem: &mut String) {
    let rest = match stem.as_str() {
        word if word.ends_with("eed") => return,
        word if word.ends_with("ied") && 4 < word.len() => {
            stem.truncate(stem.len() - 3);
            stem.push('y');
            return;
        }
        word if word.ends_with("ing") => word.len() - 3,
        word if word.ends_with("ed") => word.len() - 2,
        _ => return,
    };
    if rest < MIN_STEM || !stem[..rest].contains(['a', 'e', 'i', 'o', 'u', 'y']) {
        return;
    }
    stem.truncate(rest);
    let bytes = stem.as_bytes();
    let doubled = bytes[rest - 1] == bytes[rest - 2];
    if is_short(stem) {
        stem.push('e');
    } else if doubled && MIN_STEM < rest && !stem.ends_with(['l', 's', 'z', 'e', 'o']) {
        stem.pop();
    }
}

/// Whether a word would be another one without its final `e`: `hat` and `hate`, `car` and `care`.
fn is_short(rest: &str) -> bool {
    let vowels: Vec<bool> = rest.chars().map(|it| "aeiouy".contains(it)).collect();
    let groups = vowels.windows(2).filter(|it| it[0] && !it[1]).count();
    let ending = matches!(vowels[..], [.., false, true, false]);
    ending && groups == 1 && !rest.ends_with(['w', 'x', 'y'])
}

fn ends_with_vowel(word: &str) -> bool {
    word.ends_with(['a', 'e', 'i', 'o', 'u'])
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        #[track_caller]
        fn check(forms: &[&str]) {
            let stems: Vec<String> = forms.iter().map(|it| stem(it)).collect();
            assert!(stems.iter().all(|it| *it == stems[0]), "{forms:?} became {stems:?}");
        }

        check(&["order", "orders", "ordered", "ordering", "order's"]);
        check(&["ship", "ships", "shipped", "shipping"]);
        check(&["delivery", "deliveries"]);
        check(&["love", "loves", "loved", "loving"]);
        check(&["price", "prices", "priced", "pricing"]);
        check(&["apply", "applied", "applies"]);
        check(&["miss", "misses", "missed", "missing"]);
        check(&["bill", "bills", "billed", "billing"]);
        check(&["box", "boxes", "boxed"]);
        check(&["hate", "hates", "hated", "hating"]);
        check(&["serve", "serves", "served", "serving"]);
        check(&["open", "opens", "opened", "opening"]);
    }

    #[test]
    fn words_that_differ_by_an_e_stay_apart() {
        for (left, right) in [("hat", "hate"), ("car", "care"), ("not", "note"), ("win", "wine")] {
            assert_ne!(stem(left), stem(right));
        }
    }

    #[test]
    fn short_words_keep_their_ending() {
        for word in ["red", "bed", "is", "this", "bus", "need", "thing", "see", "fee"] {
            assert_eq!(stem(word), word);
        }
    }
}
