//! The rule for receiving one scope: the next revision passes, older ones are dropped, later ones wait. Pure.

use std::collections::BTreeMap;

/// Most rows that wait for a missing one; what does not fit is fetched with the range.
const EARLY_MAX: usize = 512;

/// What is known of one scope. `have` only grows, but by [`Gate::reset`].
#[derive(Debug)]
pub(crate) struct Gate<T> {
    have: u64,
    early: BTreeMap<u64, T>,
    /// A revision that must exist: the server named it.
    head: u64,
}

impl<T> Gate<T> {
    pub(crate) fn new(have: u64) -> Self {
        Self { have, early: BTreeMap::new(), head: 0 }
    }

    /// All revisions up to this one are applied.
    pub(crate) fn have(&self) -> u64 {
        self.have
    }

    /// Takes a row that came live; returns the rows to apply now, in order.
    pub(crate) fn offer(&mut self, rev: u64, row: T) -> Vec<T> {
        if rev <= self.have {
            return Vec::new();
        }
        if rev > self.have + 1 {
            self.head = self.head.max(rev);
            if self.early.len() < EARLY_MAX {
                self.early.entry(rev).or_insert(row);
            }
            return Vec::new();
        }
        self.have = rev;
        let mut ready = vec![row];
        ready.append(&mut self.follow());
        ready
    }

    /// A fetch brought everything up to `to`; returns the waiting rows that follow.
    pub(crate) fn advance(&mut self, to: u64) -> Vec<T> {
        self.have = self.have.max(to);
        self.follow()
    }

    /// What was known means nothing any more; now everything up to `to` is.
    pub(crate) fn reset(&mut self, to: u64) -> Vec<T> {
        self.have = to;
        self.head = 0;
        self.follow()
    }

    /// The server says that this revision exists.
    pub(crate) fn saw_head(&mut self, head: u64) {
        self.head = self.head.max(head);
    }

    /// Something is missing.
    pub(crate) fn is_behind(&self) -> bool {
        self.head > self.have
    }

    fn follow(&mut self) -> Vec<T> {
        let mut ready = Vec::new();
        while let Some(entry) = self.early.first_entry() {
            let rev = *entry.key();
            if rev > self.have + 1 {
                break;
            }
            let row = entry.remove();
            if rev == self.have + 1 {
                self.have = rev;
                ready.push(row);
            }
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_next_revision_passes_and_an_old_one_does_not() {
        let mut gate = Gate::new(4);
        assert_eq!(gate.offer(5, 5), [5]);
        assert!(gate.offer(5, 5).is_empty());
        assert!(gate.offer(2, 2).is_empty());
        assert!(!gate.is_behind());
    }

    #[test]
    fn a_late_revision_waits_for_the_missing_one() {
        let mut gate = Gate::new(0);
        assert!(gate.offer(3, 3).is_empty());
        assert!(gate.offer(2, 2).is_empty());
        assert!(gate.is_behind());
        assert_eq!(gate.offer(1, 1), [1, 2, 3]);
        assert!(!gate.is_behind());
    }

    proptest! {
        /// Any order, any repetition, any losses: with one fetch of the range at the end, each row is applied once, in order.
        #[test]
        fn any_order_and_duplication_converges(
            offers in proptest::collection::vec(1u64..=60, 0..200),
            fetches in proptest::collection::vec((0usize..200, 0u64..20), 0..4),
        ) {
            let mut gate = Gate::new(0);
            let mut applied: Vec<u64> = Vec::new();
            let fetch = |gate: &mut Gate<u64>, applied: &mut Vec<u64>, to: u64| {
                let from = gate.have();
                applied.extend((from + 1)..=to.max(from));
                let more = gate.advance(to);
                applied.extend(more);
            };
            for (at, rev) in offers.iter().enumerate() {
                for (_, more) in fetches.iter().filter(|(when, _)| *when == at) {
                    let to = gate.have() + more;
                    fetch(&mut gate, &mut applied, to);
                }
                let ready = gate.offer(*rev, *rev);
                applied.extend(ready);
            }
            let to = gate.have().max(60);
            fetch(&mut gate, &mut applied, to);
            let expected: Vec<u64> = (1..=gate.have()).collect();
            prop_assert_eq!(applied, expected);
            prop_assert!(!gate.is_behind());
        }
    }
}
