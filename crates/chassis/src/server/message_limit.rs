//! Refuses a message that announces more bytes than allowed, on any service, before it is buffered.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tonic::{Status, body::Body};

use crate::refusal::Refusal;

/// Bytes before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// A request body whose messages are measured as they arrive.
pub(super) struct MessageLimit {
    inner: Body,
    measure: Measure,
    is_refused: bool,
}

impl MessageLimit {
    pub(super) fn wrap(inner: Body, limit: usize) -> Body {
        Body::new(Self { inner, measure: Measure::new(limit), is_refused: false })
    }
}

impl HttpBody for MessageLimit {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.is_refused {
            return Poll::Ready(None);
        }
        let Some(polled) = ready!(Pin::new(&mut self.inner).poll_frame(context)) else {
            return Poll::Ready(None);
        };
        let frame = polled?;
        if let Some(data) = frame.data_ref()
            && let Err(refusal) = self.measure.take(data)
        {
            self.is_refused = true;
            return Poll::Ready(Some(Err(refusal.into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Follows the framing of gRPC messages through chunks of any size.
struct Measure {
    limit: usize,
    prefix: [u8; PREFIX],
    in_prefix: usize,
    left_of_message: usize,
}

impl Measure {
    fn new(limit: usize) -> Self {
        Self { limit, prefix: [0; PREFIX], in_prefix: 0, left_of_message: 0 }
    }

    fn take(&mut self, mut data: &[u8]) -> Result<(), Refusal> {
        while let Some((first, rest)) = data.split_first() {
            if 0 < self.left_of_message {
                let skipped = self.left_of_message.min(data.len());
                self.left_of_message -= skipped;
                data = &data[skipped..];
                continue;
            }
            self.prefix[self.in_prefix] = *first;
            self.in_prefix += 1;
            data = rest;
            if self.in_prefix == PREFIX {
                self.in_prefix = 0;
                let [_, a, b, c, d] = self.prefix;
                let length = u32::from_be_bytes([a, b, c, d]) as usize;
                if self.limit < length {
                    return Err(Refusal::MessageTooLarge { limit: self.limit });
                }
                self.left_of_message = length;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_measured_whatever_the_chunks() {
        #[track_caller]
        fn check(lengths: &[u32], fits: bool) {
            let mut stream = Vec::new();
            for length in lengths {
                stream.push(0);
                stream.extend_from_slice(&length.to_be_bytes());
                stream.extend(vec![7; *length as usize]);
            }
            for chunk in [1, 2, 3, 5, 7, 64] {
                let mut measure = Measure::new(10);
                let taken = stream.chunks(chunk).try_for_each(|it| measure.take(it));
                assert_eq!(taken.is_ok(), fits, "{lengths:?} in chunks of {chunk}");
            }
        }

        check(&[], true);
        check(&[0], true);
        check(&[10], true);
        check(&[11], false);
        check(&[10, 0, 10, 10], true);
        check(&[1, 1, 11], false);
    }
}
