//! The one format of every table: `[section]` headers, words between them, `#` comments on their own line.

use std::fmt;

/// A table that cannot be read. Shipped tables are, so only a test ever sees one.
#[derive(Debug)]
pub(crate) struct Malformed {
    /// The table.
    pub(crate) table: &'static str,
    /// What is wrong with it.
    pub(crate) problem: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table `{}`: {}", self.table, self.problem)
    }
}

/// A header and the words under it.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    /// What stands between the brackets.
    pub(crate) header: &'a str,
    /// The words, in order.
    pub(crate) words: Vec<&'a str>,
}

/// Splits `source` into its sections, or names the first line that belongs to none.
pub(crate) fn sections<'a>(
    table: &'static str,
    source: &'a str,
) -> Result<Vec<Section<'a>>, Malformed> {
    let mut sections: Vec<Section<'a>> = Vec::new();
    for line in lines(source) {
        if let Some(rest) = line.strip_prefix('[') {
            let Some((header, tail)) = rest.split_once(']') else {
                return Err(Malformed { table, problem: format!("unclosed header `{line}`") });
            };
            sections.push(Section { header, words: tail.split_whitespace().collect() });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            return Err(Malformed { table, problem: format!("`{line}` stands before any header") });
        };
        section.words.extend(line.split_whitespace());
    }
    match sections.iter().find(|it| it.words.is_empty()) {
        Some(empty) => Err(Malformed { table, problem: format!("`[{}]` is empty", empty.header) }),
        None => Ok(sections),
    }
}

/// The lines that say something.
pub(crate) fn lines(source: &str) -> impl Iterator<Item = &str> {
    source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
