//! The body of an answer, sent to a peer that may not read it.
//!
//! Responsible for handing it over in pieces, so that each piece shows that the peer still reads. Refuses to hand over
//! everything at once: HTTP/2 would copy it while its window is closed.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use super::activity::AnswerGuard;
use super::budget::Reservation;

/// Most bytes of one piece.
const PIECE: usize = 16 * 1024;

/// A body, with what is held until the peer has read it.
pub(super) struct AnswerBody {
    body: Body,
    rest: Bytes,
    guard: AnswerGuard,
    _memory: Option<Arc<Reservation>>,
}

impl AnswerBody {
    pub(super) fn new(body: Body, guard: AnswerGuard, memory: Option<Arc<Reservation>>) -> Self {
        Self { body, rest: Bytes::new(), guard, _memory: memory }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.rest.is_empty() {
            let frame = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                end => return Poll::Ready(end),
            };
            match frame.into_data() {
                Ok(data) => this.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        this.guard.progress();
        let length = this.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(this.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}
