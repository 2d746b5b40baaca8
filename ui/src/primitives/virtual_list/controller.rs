//! What the list remembers between events. Decides positions; touches no element.

use std::ops::Range;

use super::layout::{Anchor, Layout};

/// Rows are drawn so far beyond the edges, so that a turn of the wheel never shows a gap.
const OVERSCAN_PX: f64 = 600.0;
/// The drawn rows change when less than this is left beyond an edge. Near the overscan: many small changes, a row or
/// two a frame, keep every frame short, where rare large ones would make long frames.
const OVERSCAN_LEFT_PX: f64 = 520.0;
/// Until the first rows are painted, no more is drawn than this beyond the edges: they come sooner.
const OVERSCAN_FIRST_PX: f64 = 80.0;
/// So near to the end counts as the end.
pub(super) const END_SLACK_PX: f64 = 24.0;

/// The list's memory.
#[derive(Debug)]
pub(super) struct Controller {
    /// The rows.
    pub(super) layout: Layout,
    /// What keeps its place.
    pub(super) anchor: Anchor,
    /// The height of the viewport.
    pub(super) viewport: f64,
    /// The scroll position, in the coordinates of the page.
    pub(super) scroll_top: f64,
    /// How far the rows are shifted in the page against the layout: growth above that is not settled yet.
    pub(super) drift: f64,
    /// The rows in the page.
    pub(super) drawn: Range<usize>,
    /// Nothing was painted yet.
    pub(super) fresh: bool,
}

impl Default for Controller {
    fn default() -> Self {
        Self {
            layout: Layout::default(),
            anchor: Anchor::End,
            viewport: 0.0,
            scroll_top: 0.0,
            drift: 0.0,
            drawn: 0..0,
            fresh: true,
        }
    }
}

impl Controller {
    /// The scroll position in the coordinates of the layout.
    pub(super) fn top(&self) -> f64 {
        self.scroll_top - self.drift
    }

    /// The heights of the spacers above and below the drawn rows.
    pub(super) fn spacers(&self) -> (f64, f64) {
        let above = self.layout.offset(self.drawn.start) + self.drift;
        let below = self.layout.total() - self.layout.offset(self.drawn.end);
        (above.max(0.0), below.max(0.0))
    }

    /// The person scrolled.
    pub(super) fn scrolled_to(&mut self, scroll_top: f64) {
        self.fresh = false;
        self.scroll_top = scroll_top;
        self.anchor = self.layout.anchor(self.top(), self.viewport, END_SLACK_PX);
        self.choose_drawn(false);
    }

    /// New rows; returns the scroll position to set.
    pub(super) fn set_rows(&mut self, keys: Vec<u64>, estimate: impl Fn(usize) -> f64) -> f64 {
        // A row whose structure changed has a new key: hold on to the next one that is still there.
        let candidates = self.candidates();
        self.layout.set_rows(keys, estimate);
        if let Anchor::Row { key, .. } = self.anchor
            && self.layout.place(key, self.drawn.start).is_none()
        {
            let near = self.drawn.start;
            let kept = candidates.into_iter().find(|(key, _)| self.layout.place(*key, near).is_some());
            self.anchor = kept.map_or(Anchor::End, |(key, from_top)| Anchor::Row { key, from_top });
        }
        self.settle()
    }

    /// The drawn rows with their distance from the upper edge: all that one might hold on to.
    fn candidates(&self) -> Vec<(u64, f64)> {
        let top = self.top();
        let place = |at| Some((self.layout.key(at)?, self.layout.offset(at) - top));
        self.drawn.clone().filter_map(place).filter(|(_, from_top)| *from_top >= 0.0).collect()
    }

    /// The true height of a drawn row. The anchor keeps its place by drifting; see [`Self::must_settle`].
    pub(super) fn measured(&mut self, key: u64, height: f64) -> bool {
        let Some(at) = self.layout.place(key, self.drawn.start) else { return false };
        let grown = self.layout.measure(at, height);
        if grown == 0.0 {
            return false;
        }
        if let Anchor::Row { key, .. } = self.anchor
            && self.layout.place(key, self.drawn.start).is_some_and(|anchor| at < anchor)
        {
            self.drift -= grown;
        }
        true
    }

    /// Drift cannot wait: there is no room above, or the end shall stay in sight.
    pub(super) fn must_settle(&self) -> bool {
        self.anchor == Anchor::End
            || self.layout.offset(self.drawn.start) + self.drift < 0.0
            || (self.drift != 0.0 && self.drawn.start == 0)
    }

    /// Puts rows where the layout has them and returns the scroll position that shows the same.
    pub(super) fn settle(&mut self) -> f64 {
        self.drift = 0.0;
        let top = self.layout.top_for(self.anchor, self.viewport, self.drawn.start);
        self.scroll_top = top.unwrap_or(self.scroll_top);
        self.choose_drawn(true);
        self.scroll_top
    }

    /// A frame was painted: from now on rows beyond the edges are drawn as well. `true` the first time.
    pub(super) fn painted(&mut self) -> bool {
        self.viewport > 0.0 && std::mem::replace(&mut self.fresh, false)
    }

    /// The first and the last row of which something is in the viewport.
    pub(super) fn visible(&self) -> Range<usize> {
        self.layout.window(self.top() + 1.0, (self.viewport - 2.0).max(0.0), 0.0)
    }

    /// Chooses what to draw; unless forced, only when the edges have come near.
    pub(super) fn choose_drawn(&mut self, force: bool) {
        let needed = self.layout.window(self.top(), self.viewport, OVERSCAN_LEFT_PX);
        let enough = self.drawn.start <= needed.start && self.drawn.end >= needed.end;
        if force || !enough {
            // Before the viewport is known, the overscan is all there is.
            let first = self.fresh && self.viewport > 0.0;
            let overscan = if first { OVERSCAN_FIRST_PX } else { OVERSCAN_PX };
            self.drawn = self.layout.window(self.top(), self.viewport, overscan);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: u64) -> Controller {
        let mut list = Controller { viewport: 600.0, fresh: false, ..Controller::default() };
        list.set_rows((0..count).collect(), |_| 50.0);
        list
    }

    #[test]
    fn what_cannot_be_seen_is_drawn_after_the_first_paint() {
        let mut list = Controller::default();
        list.set_rows((0..1_000).collect(), |_| 50.0);
        assert!(!list.painted(), "its size is not known");
        list.viewport = 600.0;
        list.settle();
        assert_eq!(list.drawn, 986..1_000);
        assert!(list.painted() && !list.painted());
        list.settle();
        assert_eq!(list.drawn, 976..1_000);
    }

    #[test]
    fn it_starts_at_the_end_and_draws_little() {
        let list = list(100_000);
        assert_eq!(list.scroll_top, 5_000_000.0 - 600.0);
        assert!(list.drawn.len() < 30 && list.drawn.end == 100_000);
    }

    #[test]
    fn growth_above_drifts_while_scrolling_and_is_settled_at_rest() {
        let mut list = list(1_000);
        list.scrolled_to(20_000.0);
        let key = list.drawn.start as u64;
        assert!(list.measured(key, 80.0));
        assert_eq!((list.drift, list.must_settle()), (-30.0, false));
        let seen = list.visible();
        assert_eq!(list.settle(), 20_030.0, "the scroll position takes up the difference");
        assert_eq!((list.visible(), list.drift), (seen, 0.0));
    }

    #[test]
    fn drift_is_settled_at_once_where_there_is_no_room_above() {
        let mut list = list(1_000);
        list.scrolled_to(120.0);
        list.measured(0, 200.0);
        assert!(list.must_settle());
        assert_eq!(list.settle(), 270.0);
    }

    #[test]
    fn the_end_stays_in_sight_when_the_last_row_grows() {
        let mut list = list(100);
        list.measured(99, 90.0);
        assert!(list.must_settle());
        assert_eq!(list.settle(), 5_040.0 - 600.0);
    }

    #[test]
    fn when_the_anchored_row_is_replaced_the_next_one_keeps_its_place() {
        let mut list = list(1_000);
        list.scrolled_to(20_010.0);
        let mut keys: Vec<u64> = (0..1_000).collect();
        keys[400] = 5_000;
        list.set_rows(keys, |_| 80.0);
        assert_eq!(list.scroll_top, 20_040.0);
    }
}
