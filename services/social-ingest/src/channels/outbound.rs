//! What becomes of a message sent on any channel, named by what the sender may do next.

use std::time::Duration;

/// The end of one attempt. Only [`Outcome::Throttled`] and [`Outcome::NotSent`] may be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took the message.
    Sent {
        /// The provider's name for it, when it gives one.
        provider_id: Option<String>,
    },
    /// The provider said no, and would say no again.
    Refused {
        /// The provider's own code.
        code: i64,
        /// What the code means.
        reason: Reason,
    },
    /// The provider said not now. The message was not sent.
    Throttled {
        /// How long to leave it alone.
        retry_after: Duration,
    },
    /// The request surely never reached the provider's send call.
    NotSent(NotSent),
    /// The message may have been sent. Only a look-up, or a person, can tell: never resend it blindly.
    Unknown(Doubt),
}

/// Why the provider said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Too long since the person last wrote, or they stopped following.
    WindowClosed,
    /// As many messages as the provider allows after one of theirs.
    QuotaExceeded,
    /// The person does not follow, wants no messages, does not exist, or belongs to another account.
    RecipientUnavailable,
    /// Longer than the provider allows.
    TooLong,
    /// The provider forbids these words or these files.
    ForbiddenContent,
    /// The account lacks the right, was blocked, or our address is not on its list.
    NotPermitted,
    /// The account's credentials are wrong.
    WrongCredentials,
    /// Anything else: see the code.
    Other,
}

impl Reason {
    /// The name that is stored and sent in events; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::WindowClosed => "WINDOW_CLOSED",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::RecipientUnavailable => "RECIPIENT_UNAVAILABLE",
            Self::TooLong => "TOO_LONG",
            Self::ForbiddenContent => "FORBIDDEN_CONTENT",
            Self::NotPermitted => "NOT_PERMITTED",
            Self::WrongCredentials => "WRONG_CREDENTIALS",
            Self::Other => "OTHER",
        }
    }
}

/// Why a message surely was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// No connection was made.
    Unreachable,
    /// The address is one that this process must not call.
    AddressForbidden,
    /// No access token could be had.
    NoToken,
    /// The time for this call was over before the message's turn came.
    OutOfTime,
}

/// Why nobody knows whether a message was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The answer did not come in time.
    TimedOut,
    /// The connection broke before the whole answer was read.
    Cut,
    /// The provider, or something before it, failed (5xx).
    ServerError,
    /// The answer is not one the provider documents.
    UnreadableAnswer,
    /// The provider says it is busy, and not whether it did anything.
    Busy,
}

/// What a look-up says about a doubtful send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// This many messages with these words are on record around that time.
    Recorded {
        /// At least 1; more when the same words were sent more than once.
        count: usize,
    },
    /// None is on record.
    Absent,
    /// The record cannot be read now, or not by this account.
    Unavailable,
}

/// Cuts `text` into pieces of at most `max_bytes`, at the end of a line, a sentence or a word where there is one.
///
/// No character is cut, and no emoji joined from several; blank pieces are left out. A limit below 4, the longest
/// character, counts as 4.
pub fn split_text(text: &str, max_bytes: usize) -> Vec<&str> {
    let max_bytes = max_bytes.max(4);
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while max_bytes < rest.len() {
        let (piece, later) = rest.split_at(cut_before(rest, max_bytes));
        pieces.push(piece.trim_end());
        rest = later.trim_start();
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The last good place to cut at or before `limit`; a break in the first half is too early to be good.
fn cut_before(text: &str, limit: usize) -> usize {
    let limit = text.floor_char_boundary(limit);
    let head = &text[..limit];
    let after = |marks: &[char]| {
        head.char_indices()
            .rev()
            .find(|(_, it)| marks.contains(it))
            .map(|(at, it)| at + it.len_utf8())
    };
    let breaks = [
        after(&['\n']),
        after(&['。', '！', '？', '!', '?', '；', ';']),
        after(&[' ', '，', ',', '、']),
    ];
    let good = breaks.into_iter().flatten().find(|at| limit / 2 < *at);
    good.unwrap_or_else(|| between_clusters(text, limit))
}

/// Steps back from the middle of a joined emoji; gives up where there is no other place.
fn between_clusters(text: &str, limit: usize) -> usize {
    const JOINER: char = '\u{200d}';
    let binds = |it: char| {
        it == JOINER
            || matches!(it, '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{300}'..='\u{36f}')
    };
    let mut places = text[..limit].char_indices().map(|(at, _)| at).rev();
    let mut at = limit;
    loop {
        let is_joined_left = text[..at].ends_with(JOINER);
        let is_joined_right = text[at..].starts_with(binds);
        if !is_joined_left && !is_joined_right {
            return at;
        }
        match places.next() {
            Some(earlier) if 0 < earlier => at = earlier,
            Some(_) | None => return limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_where_a_reader_would() {
        #[track_caller]
        fn check(text: &str, max_bytes: usize, expected: &[&str]) {
            assert_eq!(split_text(text, max_bytes), expected);
        }

        check("", 8, &[]);
        check("short", 8, &["short"]);
        check("one two three", 9, &["one two", "three"]);
        check("first line\nsecond", 14, &["first line", "second"]);
        check("你好。请等一下", 12, &["你好。", "请等一下"]);
        check("没有标点的一句话", 9, &["没有标", "点的一", "句话"]);
        check("字字", 1, &["字", "字"]);
        check("ab👩‍👩‍👧c", 12, &["ab", "👩‍👩", "‍👧c"]);
    }

    #[test]
    fn no_piece_is_longer_than_the_limit_and_nothing_is_lost() {
        let text = "您好，您的订单已经发货！Your order has left the warehouse. 👍🏽\n".repeat(60);

        let pieces = split_text(&text, 2048);

        assert!(pieces.iter().all(|piece| piece.len() <= 2048));
        let squeeze = |it: &str| it.split_whitespace().collect::<String>();
        assert_eq!(squeeze(&pieces.concat()), squeeze(&text));
    }
}
