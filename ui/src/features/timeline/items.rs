//! From messages to rows of the list: groups of one author, dividers of days, the unread line. Pure.

use view::Timestamp;

use crate::primitives::VirtualRow;

/// Messages of one author follow closely when they are no further apart.
const GROUP_MS: i64 = 5 * 60 * 1_000;
/// Characters that fit on a line, roughly; for first guesses at heights.
const LINE_CHARS: usize = 88;
/// A line of text, in pixels, at the usual text size.
const LINE_PX: f64 = 20.0;
/// Local days begin at multiples of this in every time zone.
const DAY_CHECK_MS: i64 = 15 * 60 * 1_000;

/// What the list needs to know of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    /// From its id.
    pub key: u64,
    /// Whose.
    pub author: i64,
    /// When.
    pub at: Timestamp,
    /// A reply starts a group, with its quote.
    pub is_reply: bool,
    /// A system note stands alone.
    pub is_note: bool,
    /// This device cannot read it.
    pub is_sealed: bool,
    /// Characters of its text.
    pub chars: usize,
    /// Line feeds in it.
    pub line_feeds: usize,
    /// It has reactions.
    pub has_reactions: bool,
}

/// What a row of the list shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ItemKind {
    /// Above the first message: more is loading, could not be loaded, or this is where the chat begins.
    Top,
    /// A day begins.
    Day(Timestamp),
    /// "New messages".
    Unread,
    /// All above is sealed for others: what this device can read begins.
    Begins,
    /// The message at this index.
    Message {
        /// In the state's rows.
        index: u32,
        /// The first of its author's group.
        head: bool,
    },
    /// Below the last: more is loading or could not be loaded.
    Bottom,
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub struct Item {
    key: u64,
    estimate_px: f64,
    /// What it shows.
    pub kind: ItemKind,
}

/// A row is the same while its key is: a message's index changes as others come above it.
impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.kind == other.kind
    }
}

impl VirtualRow for Item {
    fn key(&self) -> u64 {
        self.key
    }

    fn estimate_px(&self) -> f64 {
        self.estimate_px
    }
}

/// The key of the top row.
pub(super) const TOP_KEY: u64 = 1;
/// The key of the line "new messages".
pub(super) const UNREAD_KEY: u64 = 2;
const BOTTOM_KEY: u64 = 3;
const BEGINS_KEY: u64 = 6;

/// The key of a message's row; a message that becomes the head of its group is another row.
pub(super) fn message_key(key: u64, head: bool) -> u64 {
    // The last three bits tell the kinds of rows apart.
    (key & !7) | if head { 4 } else { 5 }
}

/// Makes the rows. `day_of` gives the number of the local day; `unread` the key of the first unread message.
pub(super) fn build(
    messages: impl IntoIterator<Item = Facts>,
    unread: Option<u64>,
    has_newer: bool,
    day_of: impl Fn(Timestamp) -> i64,
) -> Vec<Item> {
    let messages = messages.into_iter();
    let mut items = Vec::with_capacity(messages.size_hint().0 + 8);
    items.push(Item { key: TOP_KEY, estimate_px: 64.0, kind: ItemKind::Top });
    let mut last: Option<Facts> = None;
    let mut day = None;
    let mut checked = None;
    let (mut sealed, mut begun) = (false, false);
    for (index, facts) in messages.enumerate() {
        let check = facts.at.0.div_euclid(DAY_CHECK_MS);
        let mut breaks = false;
        if checked != Some(check) {
            checked = Some(check);
            let own_day = day_of(facts.at);
            if day != Some(own_day) {
                day = Some(own_day);
                breaks = true;
                let key = (own_day as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 7;
                items.push(Item { key, estimate_px: 44.0, kind: ItemKind::Day(facts.at) });
            }
        }
        sealed |= facts.is_sealed;
        if !begun && !facts.is_sealed && !facts.is_note {
            begun = true;
            if sealed {
                breaks = true;
                items.push(Item { key: BEGINS_KEY, estimate_px: 44.0, kind: ItemKind::Begins });
            }
        }
        if unread == Some(facts.key) {
            breaks = true;
            items.push(Item { key: UNREAD_KEY, estimate_px: 32.0, kind: ItemKind::Unread });
        }
        let head = breaks || !last.is_some_and(|last| follows(&last, &facts));
        let estimate_px = estimate(&facts, head);
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        items.push(Item { key: message_key(facts.key, head), estimate_px, kind: ItemKind::Message { index, head } });
        last = Some(facts);
    }
    if has_newer {
        items.push(Item { key: BOTTOM_KEY, estimate_px: 64.0, kind: ItemKind::Bottom });
    }
    items
}

fn follows(last: &Facts, next: &Facts) -> bool {
    let near = (next.at.0 - last.at.0).abs() <= GROUP_MS;
    last.author == next.author && near && !next.is_reply && !last.is_note && !next.is_note
}

fn estimate(facts: &Facts, head: bool) -> f64 {
    if facts.is_note {
        return 40.0;
    }
    let lines = (facts.chars.div_ceil(LINE_CHARS) + facts.line_feeds).max(1) as f64;
    let reply = if facts.is_reply { 30.0 } else { 0.0 };
    let reactions = if facts.has_reactions { 30.0 } else { 0.0 };
    let around = if head { 40.0 } else { 6.0 };
    lines * LINE_PX + around + reply + reactions
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn facts(key: u64, author: i64, minute: i64) -> Facts {
        let at = Timestamp(minute * MINUTE);
        Facts {
            key: key * 64,
            author,
            at,
            is_reply: false,
            is_note: false,
            is_sealed: false,
            chars: 20,
            line_feeds: 0,
            has_reactions: false,
        }
    }

    fn kinds(messages: Vec<Facts>, unread: Option<u64>) -> String {
        let day = |at: Timestamp| at.0.div_euclid(24 * 60 * MINUTE);
        let letter = |item: Item| match item.kind {
            ItemKind::Top => 'T',
            ItemKind::Day(_) => 'D',
            ItemKind::Unread => 'U',
            ItemKind::Begins => 'R',
            ItemKind::Message { head: true, .. } => 'H',
            ItemKind::Message { head: false, .. } => 'm',
            ItemKind::Bottom => 'B',
        };
        build(messages, unread, false, day).into_iter().map(letter).collect()
    }

    #[test]
    fn messages_of_one_author_within_five_minutes_are_a_group() {
        let messages = vec![facts(1, 1, 0), facts(2, 1, 5), facts(3, 1, 11), facts(4, 2, 11), facts(5, 1, 12)];
        assert_eq!(kinds(messages, None), "TDHmHHH");
    }

    #[test]
    fn a_reply_a_note_a_day_and_the_unread_line_break_the_group() {
        let reply = Facts { is_reply: true, ..facts(2, 1, 1) };
        let note = Facts { is_note: true, ..facts(4, 1, 2) };
        let messages = vec![facts(1, 1, 0), reply, facts(3, 1, 2), note, facts(5, 1, 3), facts(6, 1, 4)];
        assert_eq!(kinds(messages, Some(6 * 64)), "TDHHmHHUH");
        assert_eq!(kinds(vec![facts(1, 1, 24 * 60 - 1), facts(2, 1, 24 * 60)], None), "TDHDH");
    }

    #[test]
    fn where_a_newcomer_can_read_from_is_said_once_and_not_when_all_is_read() {
        let sealed = |key| Facts { is_sealed: true, ..facts(key, 1, 0) };
        let note = Facts { is_note: true, ..facts(3, 0, 1) };
        let messages = vec![sealed(1), sealed(2), note, facts(4, 2, 1), sealed(5), facts(6, 1, 1)];
        assert_eq!(kinds(messages, None), "TDHmHRHHm");
        assert_eq!(kinds(vec![facts(1, 1, 0), sealed(2), facts(3, 1, 0)], None), "TDHmm");
    }

    #[test]
    fn keys_differ_and_last() {
        let messages: Vec<Facts> = (0..500).map(|at| facts(at + 1, at as i64 % 3, at as i64)).collect();
        let keys = |skip: usize| -> Vec<u64> {
            let items = build(messages.iter().copied().skip(skip), None, true, |_| 0);
            items.iter().map(VirtualRow::key).collect()
        };
        let (all, some) = (keys(0), keys(100));
        let unique: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(unique.len(), all.len());
        assert_eq!(all[all.len() - 300..], some[some.len() - 300..]);
        assert_ne!(message_key(64, true), message_key(64, false));
    }
}
