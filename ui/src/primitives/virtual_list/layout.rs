//! Where each row of a long list lies and which rows to draw; what keeps its place when others change. Pure.

use std::ops::Range;

use super::fenwick::Fenwick;

/// What keeps its place on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    /// The lower end of the list stays at the lower edge.
    End,
    /// The upper edge of this row stays so many pixels below the upper edge of the viewport.
    Row { key: u64, from_top: f64 },
}

/// The rows, measured or estimated.
#[derive(Debug, Default)]
pub(super) struct Layout {
    keys: Vec<u64>,
    heights: Fenwick,
    measured: Vec<bool>,
}

impl Layout {
    /// Takes new rows. Measures of the rows that stay at the start and at the end of the list are kept: that covers
    /// pages above and below, a new message, one that moves, and one that goes.
    pub(super) fn set_rows(&mut self, keys: Vec<u64>, estimate: impl Fn(usize) -> f64) {
        let same = |(a, b): &(&u64, &u64)| a == b;
        let start = keys.iter().zip(&self.keys).take_while(same).count();
        let end = keys[start..].iter().rev().zip(self.keys[start..].iter().rev()).take_while(same).count();
        let old = self.keys.len();
        let mut heights = Vec::with_capacity(keys.len());
        let mut measured = Vec::with_capacity(keys.len());
        heights.extend_from_slice(&self.heights.heights()[..start]);
        measured.extend_from_slice(&self.measured[..start]);
        // Rows between: looked up by key while they are few.
        let gone = start..old - end;
        for (at, key) in keys.iter().enumerate().take(keys.len() - end).skip(start) {
            let known = if gone.len() <= 256 { gone.clone().find(|other| self.keys[*other] == *key) } else { None };
            heights.push(known.map_or_else(|| estimate(at), |other| self.heights.heights()[other]));
            measured.push(known.is_some_and(|other| self.measured[other]));
        }
        heights.extend_from_slice(&self.heights.heights()[old - end..]);
        measured.extend_from_slice(&self.measured[old - end..]);
        *self = Self { keys, heights: Fenwick::new(heights), measured };
    }

    /// How many rows.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The height of all rows.
    pub(super) fn total(&self) -> f64 {
        self.heights.sum(self.len())
    }

    /// The upper edge of row `at`.
    pub(super) fn offset(&self, at: usize) -> f64 {
        self.heights.sum(at)
    }

    /// The height of row `at`.
    pub(super) fn height(&self, at: usize) -> f64 {
        self.heights.heights().get(at).copied().unwrap_or_default()
    }

    /// The row that covers `y`.
    pub(super) fn row_at(&self, y: f64) -> usize {
        self.heights.find(y.max(0.0))
    }

    /// The place of a key; sought around `near` first, since it rarely moves far.
    pub(super) fn place(&self, key: u64, near: usize) -> Option<usize> {
        let from = near.saturating_sub(64);
        let to = (near + 64).min(self.len());
        let close = self.keys.get(from..to)?.iter().position(|other| *other == key).map(|at| at + from);
        close.or_else(|| self.keys.iter().position(|other| *other == key))
    }

    /// The key of row `at`.
    pub(super) fn key(&self, at: usize) -> Option<u64> {
        self.keys.get(at).copied()
    }

    /// Notes the true height of a row; returns by how much it grew.
    pub(super) fn measure(&mut self, at: usize, height: f64) -> f64 {
        self.measured[at] = true;
        if (self.height(at) - height).abs() < 0.01 { 0.0 } else { self.heights.set(at, height) }
    }

    /// Which rows to draw for a viewport: those in it and `overscan` pixels around.
    pub(super) fn window(&self, top: f64, viewport: f64, overscan: f64) -> Range<usize> {
        if self.len() == 0 {
            return 0..0;
        }
        let first = self.row_at(top - overscan);
        let last = self.row_at(top + viewport + overscan);
        first..last + 1
    }

    /// What to hold on to at this scroll position. Without rows, and near the end, the end.
    pub(super) fn anchor(&self, top: f64, viewport: f64, slack: f64) -> Anchor {
        if top + viewport >= self.total() - slack {
            return Anchor::End;
        }
        let at = self.row_at(top);
        self.key(at).map_or(Anchor::End, |key| Anchor::Row { key, from_top: self.offset(at) - top })
    }

    /// The scroll position at which the anchor keeps its place; `None` when its row is gone.
    pub(super) fn top_for(&self, anchor: Anchor, viewport: f64, near: usize) -> Option<f64> {
        let furthest = (self.total() - viewport).max(0.0);
        match anchor {
            Anchor::End => Some(furthest),
            Anchor::Row { key, from_top } => {
                Some((self.offset(self.place(key, near)?) - from_top).clamp(0.0, furthest))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn layout(keys: Range<u64>) -> Layout {
        let mut layout = Layout::default();
        layout.set_rows(keys.collect(), |_| 20.0);
        layout
    }

    #[test]
    fn the_anchor_holds_when_a_page_comes_above() {
        let mut list = layout(100..200);
        list.measure(40, 65.0);
        let anchor = list.anchor(815.0, 300.0, 8.0);
        assert_eq!(anchor, Anchor::Row { key: 140, from_top: -15.0 });
        list.set_rows((0..200).collect(), |_| 30.0);
        let top = list.top_for(anchor, 300.0, 40).unwrap();
        assert_eq!(top, 100.0 * 30.0 + 815.0);
        assert_eq!(list.height(140), 65.0, "what was measured stays measured");
    }

    #[test]
    fn at_the_end_the_list_follows_new_rows() {
        let mut list = layout(0..50);
        let anchor = list.anchor(list.total() - 300.0, 300.0, 8.0);
        assert_eq!(anchor, Anchor::End);
        list.set_rows((0..51).collect(), |_| 80.0);
        assert_eq!(list.top_for(anchor, 300.0, 0), Some(50.0 * 20.0 + 80.0 - 300.0));
    }

    #[test]
    fn the_anchor_holds_when_rows_above_change_their_height() {
        let mut list = layout(0..100);
        let anchor = list.anchor(1_000.0, 300.0, 8.0);
        assert_eq!(list.measure(3, 120.0), 100.0);
        assert_eq!(list.top_for(anchor, 300.0, 50), Some(1_100.0));
    }

    #[test]
    fn a_row_that_moves_keeps_its_measure() {
        let mut list = layout(0..10);
        list.measure(3, 99.0);
        list.set_rows(vec![0, 1, 2, 4, 5, 6, 3, 7, 8, 9], |_| 20.0);
        assert_eq!((list.height(6), list.height(3)), (99.0, 20.0));
    }

    #[test]
    fn a_short_list_is_drawn_whole_and_an_empty_one_not_at_all() {
        assert_eq!(layout(0..3).window(0.0, 500.0, 200.0), 0..3);
        assert_eq!(layout(0..0).window(0.0, 500.0, 200.0), 0..0);
        assert_eq!(layout(0..0).anchor(0.0, 500.0, 8.0), Anchor::End);
        assert_eq!(layout(0..3).top_for(Anchor::Row { key: 9, from_top: 0.0 }, 500.0, 0), None);
    }

    #[test]
    fn a_window_of_a_long_list_is_small() {
        let list = layout(0..100_000);
        assert_eq!(list.window(1_000_000.0, 600.0, 400.0), 49_980..50_051);
    }
}
