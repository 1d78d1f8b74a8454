//! Filters of list calls: the part of AIP-160 that is comparisons joined by `AND`.

mod lexer;

use std::fmt;

use lexer::{Lexer, Token};

/// Longest filter that is looked at, in bytes.
const MAX_LEN: usize = 2_048;

/// Most comparisons in one filter.
const MAX_TERMS: usize = 16;

/// One comparison, as in `state = "OPEN"`. The field is one of those the call allows.
#[derive(Clone, PartialEq, Eq)]
pub struct Term {
    /// The field that is compared.
    pub field: &'static str,
    /// How it is compared.
    pub op: Op,
    /// The value it is compared with, without its quotes.
    pub value: String,
}

/// How a field is compared with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `:`, has: a list contains the value, or a text begins with it
    Has,
}

/// What is wrong with a filter. It keeps places, not text: a caller may have put anything there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    /// Longer than any filter needs to be.
    #[error("filter must be at most {MAX_LEN} bytes")]
    TooLong,
    /// More comparisons than allowed.
    #[error("filter must have at most {MAX_TERMS} comparisons")]
    TooManyTerms,
    /// A field that this list cannot be filtered by.
    #[error("filter cannot use the field at character {0}")]
    UnknownField(usize),
    /// Something else was expected here: a field, an operator, a value or `AND`.
    #[error("filter cannot be read from character {0} on")]
    Syntax(usize),
    /// The field exists but is not compared like this, or with such a value.
    #[error("filter cannot compare `{0}` like this")]
    Comparison(&'static str),
}

impl Term {
    /// The value, if the comparison is `=`; other operators are refused. For fields with one meaning.
    pub fn equals(&self) -> Result<&str, BadFilter> {
        match self.op {
            Op::Eq => Ok(&self.value),
            Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Has => Err(self.refuse()),
        }
    }

    /// The complaint that this comparison has no meaning, for the caller who interprets it.
    pub const fn refuse(&self) -> BadFilter {
        BadFilter::Comparison(self.field)
    }
}

/// The value may be an email address or a phone number.
impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Term({} {:?} redacted)", self.field, self.op)
    }
}

/// Reads a filter such as `state = "OPEN" AND inbox = "inboxes/x"` over the fields in `allowed`.
///
/// No text is no terms. `OR`, `NOT`, parentheses, functions and bare words are not supported and are
/// refused rather than ignored. A value with a colon in it, such as a time, needs quotes.
pub fn parse(filter: &str, allowed: &'static [&'static str]) -> Result<Vec<Term>, BadFilter> {
    if MAX_LEN < filter.len() {
        return Err(BadFilter::TooLong);
    }
    let mut lexer = Lexer::new(filter);
    let mut terms = Vec::new();
    let mut next = lexer.next()?;
    if next.is_none() {
        return Ok(terms);
    }
    loop {
        if terms.len() == MAX_TERMS {
            return Err(BadFilter::TooManyTerms);
        }
        terms.push(term(next, &mut lexer, allowed)?);
        match lexer.next()? {
            None => return Ok(terms),
            Some((_, Token::Word("AND"))) => next = lexer.next()?,
            Some((at, Token::Word(_) | Token::Text(_) | Token::Op(_))) => {
                return Err(BadFilter::Syntax(at));
            }
        }
    }
}

fn term(
    first: Option<(usize, Token<'_>)>,
    lexer: &mut Lexer<'_>,
    allowed: &'static [&'static str],
) -> Result<Term, BadFilter> {
    let Some((at, Token::Word(name))) = first else {
        return Err(BadFilter::Syntax(first.map_or(lexer.end(), |(at, _)| at)));
    };
    let Some(field) = allowed.iter().find(|field| **field == name) else {
        return Err(BadFilter::UnknownField(at));
    };
    let op = match lexer.next()? {
        Some((_, Token::Op(op))) => op,
        Some((at, Token::Word(_) | Token::Text(_))) => return Err(BadFilter::Syntax(at)),
        None => return Err(BadFilter::Syntax(lexer.end())),
    };
    let value = match lexer.next()? {
        Some((_, Token::Text(value))) => value,
        Some((_, Token::Word(value))) if value != "AND" => value.to_owned(),
        Some((at, Token::Word(_) | Token::Op(_))) => return Err(BadFilter::Syntax(at)),
        None => return Err(BadFilter::Syntax(lexer.end())),
    };
    Ok(Term { field, op, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[&str] = &["state", "inbox", "create_time", "buyer.country"];

    #[test]
    fn filters_are_comparisons_joined_by_and() {
        #[track_caller]
        fn check(filter: &str, expected: &[(&str, Op, &str)]) {
            let terms = parse(filter, FIELDS).unwrap();
            let actual: Vec<_> =
                terms.iter().map(|it| (it.field, it.op, it.value.as_str())).collect();
            assert_eq!(actual, expected);
        }

        check("", &[]);
        check("  ", &[]);
        check("state = OPEN", &[("state", Op::Eq, "OPEN")]);
        check("state=\"OPEN\"", &[("state", Op::Eq, "OPEN")]);
        check(
            r#"state != 'a b' AND inbox="inboxes/x""#,
            &[("state", Op::Ne, "a b"), ("inbox", Op::Eq, "inboxes/x")],
        );
        check(
            r#"create_time >= "2026-01-01T00:00:00Z" AND create_time<2026-02-01"#,
            &[
                ("create_time", Op::Ge, "2026-01-01T00:00:00Z"),
                ("create_time", Op::Lt, "2026-02-01"),
            ],
        );
        check(r#"buyer.country : "订\"单\\""#, &[("buyer.country", Op::Has, r#"订"单\"#)]);
        check("inbox = inboxes/0199-a", &[("inbox", Op::Eq, "inboxes/0199-a")]);
    }

    #[test]
    fn what_is_not_supported_is_refused_where_it_stands() {
        #[track_caller]
        fn check(filter: &str, expected: BadFilter) {
            assert_eq!(parse(filter, FIELDS), Err(expected), "{filter}");
        }

        check("tenant = x", BadFilter::UnknownField(1));
        check("state = a AND tenant = x", BadFilter::UnknownField(15));
        check("state", BadFilter::Syntax(6));
        check("state =", BadFilter::Syntax(8));
        check("state = AND", BadFilter::Syntax(9));
        check("state = a AND", BadFilter::Syntax(14));
        check("state = a OR state = b", BadFilter::Syntax(11));
        check("state = a state = b", BadFilter::Syntax(11));
        check("NOT state = a", BadFilter::UnknownField(1));
        check("(state = a)", BadFilter::Syntax(1));
        check("state = \"a", BadFilter::Syntax(9));
        check("state = \"a\0\"", BadFilter::Syntax(9));
        check("= a", BadFilter::Syntax(1));
        check("create_time < 2026-02-01T00:00:00Z", BadFilter::Syntax(28));
        check("state == a", BadFilter::Syntax(8));
        check("state = a; DROP TABLE x", BadFilter::Syntax(10));
        check(&"state = a AND ".repeat(17), BadFilter::TooManyTerms);
        check(&"x".repeat(MAX_LEN + 1), BadFilter::TooLong);
    }

    #[test]
    fn a_value_does_not_show_itself() {
        let terms = parse("inbox = \"ada@example.com\"", FIELDS).unwrap();

        assert_eq!(format!("{terms:?}"), "[Term(inbox Eq redacted)]");
    }

    #[test]
    fn a_field_with_one_meaning_takes_only_equality() {
        let terms = parse("state = OPEN AND state > OPEN", FIELDS).unwrap();

        assert_eq!(terms[0].equals(), Ok("OPEN"));
        assert_eq!(terms[1].equals(), Err(BadFilter::Comparison("state")));
    }
}
