//! The messages of the open chat: handles sorted by `order`, one signal per row, and what last changed, so that a
//! virtual list can hold its anchor.

use std::collections::HashMap;

use leptos::prelude::*;
use view::{ChatId, MessageId, MessageRow, TimelineDiff, TimelinePosition};

/// A row of the timeline.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// Which message; the key of the row, the same before and after it was sent.
    pub id: MessageId,
    /// Where it sorts.
    pub order: u64,
    /// What it shows; changes by itself.
    pub row: ArcRwSignal<MessageRow>,
}

impl PartialEq for TimelineEntry {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.order == other.order
    }
}

/// What last happened to the vector of rows. Several may happen in one batch: each is set as it is applied.
#[derive(Debug, Clone, PartialEq)]
pub enum TimelineChange {
    /// Everything anew; stand at this position.
    Reset(TimelinePosition),
    /// So many rows came above the first.
    Prepended(usize),
    /// So many rows came below the last (a page, not a new message).
    Appended(usize),
    /// A new row came to this index (at the end: a new message).
    Inserted(usize),
    /// A row moved from one index to another (a queued message was accepted).
    Moved(usize, usize),
    /// The row at this index changed in place.
    Changed(usize),
    /// The row at this index went.
    Removed(usize),
}

/// The open chat's messages.
#[derive(Debug, Clone, Copy)]
pub struct Timeline {
    /// Which chat; `None` while nothing is open.
    pub chat: RwSignal<Option<ChatId>>,
    /// By `order`; changes when rows come, go or move.
    pub rows: RwSignal<Vec<TimelineEntry>>,
    /// A `Reset` has come since the chat was opened; until then show a skeleton.
    pub loaded: RwSignal<bool>,
    /// Older ones can be loaded.
    pub has_older: RwSignal<bool>,
    /// Newer ones can be loaded.
    pub has_newer: RwSignal<bool>,
    /// The last page above could not be loaded: offer to try again.
    pub older_failed: RwSignal<bool>,
    /// The last page below could not be loaded.
    pub newer_failed: RwSignal<bool>,
    /// Where to stand, set at each reset.
    pub position: RwSignal<Option<TimelinePosition>>,
    /// The line "new messages" is above this message; stays until the chat is left or Esc clears it.
    pub unread_line: RwSignal<Option<MessageId>>,
    /// Counts up with each change of `rows`, with what it was.
    pub change: RwSignal<(u64, Option<TimelineChange>)>,
    by_id: StoredValue<HashMap<MessageId, ArcRwSignal<MessageRow>>>,
}

impl Timeline {
    /// Nothing open.
    pub fn new() -> Self {
        Self {
            chat: RwSignal::new(None),
            rows: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(false),
            has_older: RwSignal::new(false),
            has_newer: RwSignal::new(false),
            older_failed: RwSignal::new(false),
            newer_failed: RwSignal::new(false),
            position: RwSignal::new(None),
            unread_line: RwSignal::new(None),
            change: RwSignal::new((0, None)),
            by_id: StoredValue::new(HashMap::new()),
        }
    }

    /// Empties the timeline for a chat that is being opened; rows follow with the host's reset.
    pub fn open(&self, chat: ChatId) {
        self.clear();
        self.chat.set(Some(chat));
    }

    /// Nothing is open any more.
    pub fn close(&self) {
        self.clear();
        self.chat.set(None);
    }

    /// The row of a loaded message; not tracked.
    pub fn find(&self, id: &MessageId) -> Option<ArcRwSignal<MessageRow>> {
        self.by_id.with_value(|rows| rows.get(id).cloned())
    }

    /// Applies diffs of the open chat; those of another chat are late and ignored.
    pub fn apply(&self, chat: &ChatId, diffs: Vec<TimelineDiff>) {
        if self.chat.with_untracked(|open| open.as_ref() != Some(chat)) {
            return;
        }
        for diff in diffs {
            match diff {
                TimelineDiff::Reset { rows, has_older, has_newer, position } => {
                    self.reset(rows, has_older, has_newer, position);
                }
                TimelineDiff::Upsert { row } => self.upsert(*row),
                TimelineDiff::Remove { id } => self.remove(&id),
                TimelineDiff::Older { rows, has_older, failed } => {
                    self.has_older.set(has_older);
                    self.older_failed.set(failed);
                    self.page(rows, TimelineChange::Prepended);
                }
                TimelineDiff::Newer { rows, has_newer, failed } => {
                    self.has_newer.set(has_newer);
                    self.newer_failed.set(failed);
                    self.page(rows, TimelineChange::Appended);
                }
            }
        }
    }

    fn clear(&self) {
        self.by_id.update_value(HashMap::clear);
        self.rows.set(Vec::new());
        self.loaded.set(false);
        self.has_older.set(false);
        self.has_newer.set(false);
        self.older_failed.set(false);
        self.newer_failed.set(false);
        self.position.set(None);
        self.unread_line.set(None);
    }

    fn reset(&self, rows: Vec<MessageRow>, has_older: bool, has_newer: bool, position: TimelinePosition) {
        let mut entries: Vec<TimelineEntry> = rows.into_iter().map(|row| self.entry(row)).collect();
        entries.sort_by_key(|entry| entry.order);
        self.by_id.update_value(|by_id| {
            *by_id = entries.iter().map(|entry| (entry.id.clone(), entry.row.clone())).collect();
        });
        self.has_older.set(has_older);
        self.has_newer.set(has_newer);
        self.older_failed.set(false);
        self.newer_failed.set(false);
        if let TimelinePosition::FirstUnread { id } = &position {
            self.unread_line.set(Some(id.clone()));
        }
        self.rows.set(entries);
        self.position.set(Some(position.clone()));
        self.loaded.set(true);
        self.changed(TimelineChange::Reset(position));
    }

    fn upsert(&self, row: MessageRow) {
        let entry = self.entry(row);
        let (stands, index) = self.rows.with_untracked(|rows| {
            let stands = rows.iter().rposition(|other| other.id == entry.id);
            let below = rows.partition_point(|other| other.order < entry.order);
            // Its own old place does not count when it lies before the new one.
            (stands, below - usize::from(stands.is_some_and(|old| old < below)))
        });
        match stands {
            Some(old) if old == index => {
                let same = self.rows.with_untracked(|rows| rows[old].order == entry.order);
                if !same {
                    self.rows.update_untracked(|rows| rows[old].order = entry.order);
                }
                self.changed(TimelineChange::Changed(old));
            }
            Some(old) => {
                self.rows.update(|rows| {
                    rows.remove(old);
                    rows.insert(index, entry);
                });
                self.changed(TimelineChange::Moved(old, index));
            }
            None => {
                self.rows.update(|rows| rows.insert(index, entry));
                self.changed(TimelineChange::Inserted(index));
            }
        }
    }

    fn remove(&self, id: &MessageId) {
        self.by_id.update_value(|rows| {
            rows.remove(id);
        });
        let Some(index) = self.rows.with_untracked(|rows| rows.iter().position(|entry| entry.id == *id)) else {
            return;
        };
        self.rows.update(|rows| {
            rows.remove(index);
        });
        self.changed(TimelineChange::Removed(index));
    }

    /// A page of rows above or below; those already there are patched in place.
    fn page(&self, rows: Vec<MessageRow>, change: fn(usize) -> TimelineChange) {
        let fresh: Vec<TimelineEntry> = rows
            .into_iter()
            .filter_map(|row| {
                let known = self.find(&row.id).is_some();
                let entry = self.entry(row);
                (!known).then_some(entry)
            })
            .collect();
        let count = fresh.len();
        if count > 0 {
            self.rows.update(|rows| {
                rows.extend(fresh);
                // Two sorted runs: the sort finds them and merges in linear time.
                rows.sort_by_key(|entry| entry.order);
            });
        }
        self.changed(change(count));
    }

    fn changed(&self, change: TimelineChange) {
        self.change.update(|(count, last)| {
            *count += 1;
            *last = Some(change);
        });
    }

    fn entry(&self, row: MessageRow) -> TimelineEntry {
        let (id, order) = (row.id.clone(), row.order);
        let signal = match self.find(&id) {
            Some(signal) => {
                if signal.with_untracked(|old| *old != row) {
                    signal.set(row);
                }
                signal
            }
            None => {
                let signal = ArcRwSignal::new(row);
                self.by_id.update_value(|rows| {
                    rows.insert(id.clone(), signal.clone());
                });
                signal
            }
        };
        TimelineEntry { id, order, row: signal }
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
