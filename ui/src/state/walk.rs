//! Walking through the chat list by keyboard: next, previous, next unread, the n-th. In a folder, through that.

use leptos::prelude::*;

use super::AppState;

impl AppState {
    /// Opens the next chat of the list or the one before; only unread ones when asked. Goes round at the ends.
    pub fn step_chat(&self, forward: bool, unread_only: bool) {
        let order = untrack(|| self.listed_chats());
        let open = self.nav.chat.get_untracked();
        let here = order.iter().position(|entry| Some(&entry.id) == open.as_ref());
        let wanted = |index: usize| !unread_only || order[index].row.with_untracked(|row| row.unread > 0);
        if let Some(index) = step(here, order.len(), forward, wanted) {
            self.nav.open(order[index].id.clone());
        }
    }

    /// Opens the n-th chat of the list, counted from 1.
    pub fn open_nth_chat(&self, number: usize) {
        let entry = untrack(|| self.listed_chats()).into_iter().nth(number.wrapping_sub(1));
        if let Some(entry) = entry {
            self.nav.open(entry.id);
        }
    }
}

/// The nearest wanted index after (or before) `here`, going round once.
fn step(here: Option<usize>, count: usize, forward: bool, wanted: impl Fn(usize) -> bool) -> Option<usize> {
    let start = here.unwrap_or(if forward { count.checked_sub(1)? } else { 0 });
    (1..=count)
        .map(|distance| if forward { (start + distance) % count } else { (start + count - distance) % count })
        .find(|index| wanted(*index))
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn walking_goes_round_and_starts_at_the_ends() {
        assert_eq!(step(None, 3, true, |_| true), Some(0));
        assert_eq!(step(None, 3, false, |_| true), Some(2));
        assert_eq!(step(Some(2), 3, true, |_| true), Some(0));
        assert_eq!(step(Some(0), 3, false, |_| true), Some(2));
        assert_eq!(step(None, 0, true, |_| true), None);
    }

    #[test]
    fn walking_to_the_next_unread_skips_the_read_ones() {
        assert_eq!(step(Some(0), 5, true, |index| index == 3), Some(3));
        assert_eq!(step(Some(0), 5, true, |_| false), None);
    }
}
