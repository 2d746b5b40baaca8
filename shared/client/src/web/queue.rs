//! A queue between callbacks of the browser and a task that waits for them. One thread, so no locks.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Clones are the same queue.
pub(super) struct Queue<T>(Rc<RefCell<Inner<T>>>);

struct Inner<T> {
    items: VecDeque<T>,
    waker: Option<Waker>,
    closed: bool,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self(Rc::new(RefCell::new(Inner { items: VecDeque::new(), waker: None, closed: false })))
    }

    /// Adds one; dropped when the queue is closed.
    pub(super) fn push(&self, item: T) {
        let mut inner = self.0.borrow_mut();
        if inner.closed {
            return;
        }
        inner.items.push_back(item);
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
    }

    /// What is in it still comes out; then `None`.
    pub(super) fn close(&self) {
        let mut inner = self.0.borrow_mut();
        inner.closed = true;
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
    }

    /// Waits for the next.
    pub(super) async fn next(&self) -> Option<T> {
        poll_fn(|cx| {
            let mut inner = self.0.borrow_mut();
            match inner.items.pop_front() {
                Some(item) => Poll::Ready(Some(item)),
                None if inner.closed => Poll::Ready(None),
                None => {
                    inner.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// The next, if there is one.
    pub(super) fn try_next(&self) -> Option<T> {
        self.0.borrow_mut().items.pop_front()
    }
}
