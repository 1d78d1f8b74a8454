//! Cuts a filter into words, quoted texts and operators; knows no fields.

use super::{BadFilter, Op};

/// A piece of a filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A field, a value without quotes, or `AND`.
    Word(&'a str),
    /// A value in quotes, unescaped.
    Text(String),
    /// A comparison.
    Op(Op),
}

/// Reads pieces from the front of a filter.
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// The character that `rest` begins with, counted from 1.
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(filter: &'a str) -> Self {
        Self { rest: filter, at: 1 }
    }

    /// The place behind the last character.
    pub(super) fn end(&self) -> usize {
        self.at + self.rest.chars().count()
    }

    /// The next piece and the place it begins at, or nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Token<'a>)>, BadFilter> {
        let blanks = self.rest.len() - self.rest.trim_start().len();
        self.take(blanks);
        let at = self.at;
        let token = match self.rest.chars().next() {
            None => return Ok(None),
            Some(quote @ ('"' | '\'')) => Token::Text(self.text(quote)?),
            Some('=') => self.op(1, Op::Eq),
            Some('!') if self.rest.starts_with("!=") => self.op(2, Op::Ne),
            Some('<') if self.rest.starts_with("<=") => self.op(2, Op::Le),
            Some('<') => self.op(1, Op::Lt),
            Some('>') if self.rest.starts_with(">=") => self.op(2, Op::Ge),
            Some('>') => self.op(1, Op::Gt),
            Some(':') => self.op(1, Op::Has),
            Some(first) if is_word(first) => {
                let len = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
                Token::Word(self.take(len))
            }
            Some(_) => return Err(BadFilter::Syntax(at)),
        };
        Ok(Some((at, token)))
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.at += taken.chars().count();
        self.rest = rest;
        taken
    }

    fn op(&mut self, len: usize, op: Op) -> Token<'a> {
        self.take(len);
        Token::Op(op)
    }
}

impl Lexer<'_> {
    /// Reads a text up to its closing quote; a backslash keeps the character behind it.
    fn text(&mut self, quote: char) -> Result<String, BadFilter> {
        let at = self.at;
        let mut text = String::new();
        let mut escaped = false;
        for (index, c) in self.rest.char_indices().skip(1) {
            if c == '\0' {
                // PostgreSQL cannot hold it in a text.
                break;
            } else if escaped {
                text.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                self.take(index + c.len_utf8());
                return Ok(text);
            } else {
                text.push(c);
            }
        }
        Err(BadFilter::Syntax(at))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '+' | '*')
}
