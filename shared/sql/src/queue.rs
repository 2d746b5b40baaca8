//! A bounded queue from many callers to a few threads. Never waits to push: a full queue says so at once.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Why an item was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// As many items as the queue may hold are waiting.
    Full,
    /// Closed; nothing more will be taken.
    Closed,
}

/// See the module.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
    items_max: usize,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    /// Threads that wait: without any, a push costs no call into the system.
    asleep: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(items_max: usize) -> Self {
        let state = State { items: VecDeque::new(), closed: false, asleep: 0 };
        Self { state: Mutex::new(state), ready: Condvar::new(), items_max }
    }

    /// Takes an item, or gives it back with the reason.
    pub(crate) fn push(&self, item: T) -> Result<(), (Refused, T)> {
        let mut state = self.lock();
        if state.closed {
            return Err((Refused::Closed, item));
        }
        if state.items.len() >= self.items_max {
            return Err((Refused::Full, item));
        }
        state.items.push_back(item);
        let anyone_asleep = state.asleep > 0;
        drop(state);
        if anyone_asleep {
            self.ready.notify_one();
        }
        Ok(())
    }

    /// Waits for an item; `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state.asleep += 1;
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
    }

    /// An item that is there or comes within `time`.
    pub(crate) fn pop_within(&self, time: Duration) -> Option<T> {
        let until = Instant::now() + time;
        let mut state = self.lock();
        loop {
            if let Some(item) = state.items.pop_front() {
                return Some(item);
            }
            let left = until.saturating_duration_since(Instant::now());
            if state.closed || left.is_zero() {
                return None;
            }
            state.asleep += 1;
            (state, _) = self.ready.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
        }
    }

    /// An item that is there already.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.lock().items.pop_front()
    }

    /// What is in the queue is still handed out; nothing more is taken.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_full_queue_refuses_and_a_closed_one_hands_out_the_rest() {
        let queue = Queue::new(2);
        queue.push(1).unwrap();
        queue.push(2).unwrap();
        assert_eq!(queue.push(3), Err((Refused::Full, 3)));
        queue.close();
        assert_eq!(queue.push(4), Err((Refused::Closed, 4)));
        assert_eq!((queue.pop(), queue.try_pop(), queue.pop()), (Some(1), Some(2), None));
        assert_eq!(queue.pop_within(Duration::from_secs(60)), None);
    }

    #[test]
    fn every_item_wakes_a_thread_that_sleeps() {
        let (queue, taken) = (Queue::new(1_000), Queue::new(1_000));
        std::thread::scope(|scope| {
            scope.spawn(|| std::iter::from_fn(|| queue.pop()).for_each(|item| taken.push(item).unwrap()));
            // Each is pushed when the one before has been taken: the other thread is asleep, or about to be.
            for item in 0..10_000 {
                queue.push(item).unwrap();
                assert_eq!(taken.pop_within(Duration::from_secs(60)), Some(item));
            }
            queue.close();
        });
    }
}
