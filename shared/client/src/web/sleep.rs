//! Waiting in a worker: `setTimeout` as a future that takes the timeout back when it is dropped.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;
use web_sys::WorkerGlobalScope;

/// The worker's global scope.
pub(super) fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds since the worker started; only grows.
pub(super) fn monotonic_ms() -> f64 {
    scope().performance().map_or_else(js_sys::Date::now, |p| p.now())
}

struct Shared {
    fired: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

/// See [`sleep`].
pub(super) struct Sleep {
    shared: Rc<Shared>,
    handle: Option<i32>,
    _callback: Closure<dyn FnMut()>,
}

/// Ready after `ms` milliseconds.
pub(super) fn sleep(ms: u32) -> Sleep {
    let shared = Rc::new(Shared { fired: Cell::new(false), waker: Cell::new(None) });
    let inner = shared.clone();
    let callback = Closure::new(move || {
        inner.fired.set(true);
        if let Some(waker) = inner.waker.take() {
            waker.wake();
        }
    });
    let ms = i32::try_from(ms).unwrap_or(i32::MAX);
    let handle =
        scope().set_timeout_with_callback_and_timeout_and_arguments_0(callback.as_ref().unchecked_ref(), ms).ok();
    Sleep { shared, handle, _callback: callback }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.shared.fired.get() {
            return Poll::Ready(());
        }
        self.shared.waker.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(handle) = self.handle
            && !self.shared.fired.get()
        {
            scope().clear_timeout_with_handle(handle);
        }
    }
}
