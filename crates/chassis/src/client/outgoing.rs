//! The request of a call: whole in memory if it is small and complete, so that it can be sent again.

use std::collections::VecDeque;

use futures::{FutureExt, StreamExt, stream};
use http::{HeaderMap, Method, Request, Uri, Version};
use http_body_util::{BodyExt, BodyStream, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use tonic::{Status, body::Body};

/// A request that can be made again and again, or once.
pub(super) struct Outgoing {
    pub(super) headers: HeaderMap,
    method: Method,
    uri: Uri,
    version: Version,
    extensions: http::Extensions,
    content: Content,
}

enum Content {
    Whole(Bytes),
    /// Larger than may be kept, or still being written.
    Flowing(Body),
    Sent,
}

impl Outgoing {
    /// Takes what is ready of the body. A unary request is ready at once; a stream is not waited for.
    pub(super) fn of(request: Request<Body>, most: usize) -> Result<Self, Status> {
        let (parts, body) = request.into_parts();
        Ok(Self {
            headers: parts.headers,
            method: parts.method,
            uri: parts.uri,
            version: parts.version,
            extensions: parts.extensions,
            content: Content::of(body, most)?,
        })
    }

    /// Tells whether the request can be sent again.
    pub(super) fn is_repeatable(&self) -> bool {
        match &self.content {
            Content::Whole(_) => true,
            Content::Flowing(_) | Content::Sent => false,
        }
    }

    /// Makes the request, for one attempt.
    pub(super) fn make(&mut self) -> Request<Body> {
        let body = match &mut self.content {
            Content::Whole(bytes) => Body::new(Full::new(bytes.clone())),
            Content::Flowing(body) => {
                let body = std::mem::take(body);
                self.content = Content::Sent;
                body
            }
            Content::Sent => Body::empty(),
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.clone();
        *request.extensions_mut() = self.extensions.clone();
        request
    }
}

impl Content {
    fn of(mut body: Body, most: usize) -> Result<Self, Status> {
        let mut frames = VecDeque::new();
        let mut size = 0;
        loop {
            let frame = match body.frame().now_or_never() {
                Some(Some(frame)) => frame?,
                Some(None) => return Ok(Self::Whole(joined(frames))),
                None => return Ok(Self::Flowing(rejoined(frames, body))),
            };
            let Ok(data) = frame.into_data() else {
                continue;
            };
            size += data.len();
            frames.push_back(data);
            if most < size {
                return Ok(Self::Flowing(rejoined(frames, body)));
            }
        }
    }
}

fn joined(mut frames: VecDeque<Bytes>) -> Bytes {
    match frames.len() {
        0 => Bytes::new(),
        1 => frames.pop_front().unwrap_or_default(),
        _ => frames.into_iter().flatten().collect(),
    }
}

fn rejoined(frames: VecDeque<Bytes>, rest: Body) -> Body {
    let first = stream::iter(frames).map(|data| Ok(Frame::data(data)));
    Body::new(StreamBody::new(first.chain(BodyStream::new(rest))))
}
