//! A body whose end is told of.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Frame, SizeHint};

/// The body; `end` is called once, when nothing more of it comes or nobody wants it any more.
pub(crate) struct Watched<B, F: FnOnce()> {
    inner: B,
    end: Option<F>,
}

impl<B, F: FnOnce()> Watched<B, F> {
    pub(crate) fn new(inner: B, end: F) -> Self {
        Self { inner, end: Some(end) }
    }

    fn ended(&mut self) {
        if let Some(end) = self.end.take() {
            end();
        }
    }
}

impl<B: Body + Unpin, F: FnOnce() + Unpin> Body for Watched<B, F> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) || self.inner.is_end_stream() {
            self.ended();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B, F: FnOnce()> Drop for Watched<B, F> {
    fn drop(&mut self) {
        self.ended();
    }
}
