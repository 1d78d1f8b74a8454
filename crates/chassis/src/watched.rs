//! The body of an answer, on both ends of a call: it ends at the deadline and tells its final status once.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::HeaderMap;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::{Code, Status, body::Body};
use tracing::Span;

use crate::refusal::Refusal;

/// Called with the final status of a call, exactly once.
pub(crate) type Ended = Box<dyn FnOnce(Code) + Send>;

/// A body that is being watched.
pub(crate) struct Watched {
    inner: Body,
    span: Span,
    expiry: Option<Pin<Box<Sleep>>>,
    code: Option<Code>,
    ended: Option<Ended>,
}

impl Watched {
    /// Watches the body of `response`: work on it counts as part of `span`, and at `deadline` it ends.
    pub(crate) fn wrap(
        response: http::Response<Body>,
        span: Span,
        deadline: Option<Instant>,
        ended: Ended,
    ) -> http::Response<Body> {
        let code = code_of(response.headers());
        response.map(|inner| {
            Body::new(Self {
                inner,
                span,
                expiry: deadline.map(|it| Box::pin(tokio::time::sleep_until(it))),
                code,
                ended: Some(ended),
            })
        })
    }

    fn end(&mut self, code: Code) {
        if let Some(ended) = self.ended.take() {
            ended(code);
        }
    }

    /// Ends the body with the status a peer expects at this point of a stream: in the trailers.
    fn expire(&mut self) -> Frame<Bytes> {
        self.inner = Body::empty();
        self.expiry = None;
        self.end(Code::DeadlineExceeded);
        let mut trailers = HeaderMap::new();
        // Fails only for a status whose text is no header value; ours is.
        let _ = Status::from(Refusal::DeadlineExceeded).add_header(&mut trailers);
        Frame::trailers(trailers)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let polled = this.span.in_scope(|| Pin::new(&mut this.inner).poll_frame(context));
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(code) = frame.trailers_ref().and_then(code_of) {
                    this.end(code);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(status))) => {
                this.end(status.code());
                Poll::Ready(Some(Err(status)))
            }
            Poll::Ready(None) => {
                this.end(this.code.unwrap_or(Code::Unknown));
                Poll::Ready(None)
            }
            Poll::Pending => {
                let expired = this.expiry.as_mut().map(|it| it.as_mut().poll(context));
                match expired {
                    Some(Poll::Ready(())) => Poll::Ready(Some(Ok(this.expire()))),
                    Some(Poll::Pending) | None => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A body nobody reads to its end was either complete in its headers, or given up.
impl Drop for Watched {
    fn drop(&mut self) {
        self.end(self.code.unwrap_or(Code::Cancelled));
    }
}

/// Returns the status that `headers` carry, if they carry one.
pub(crate) fn code_of(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|value| Code::from_bytes(value.as_bytes()))
}
