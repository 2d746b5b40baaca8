//! The timeline stays sorted and keeps its rows' signals, whatever order diffs come in.
#![allow(clippy::unwrap_used)]

use super::*;
use view::{MessageContent, PersonRow, PresenceStatus, Timestamp, UserId};

fn message(id: &str, order: u64, text: &str) -> MessageRow {
    MessageRow {
        id: MessageId::new(id).unwrap(),
        order,
        seq: order,
        author: PersonRow {
            id: UserId(1),
            username: "alice".into(),
            name: "Alice".into(),
            bio: String::new(),
            custom_status: String::new(),
            avatar: None,
            status_emoji: String::new(),
            status_until: None,
            email: String::new(),
            phone: String::new(),
            blocked: false,
            seen_hidden: false,
            presence: PresenceStatus::Online,
            last_seen: None,
            deactivated: false,
        },
        own: false,
        content: MessageContent::Text { text: text.into() },
        at: Timestamp(0),
        quote: None,
        reactions: Vec::new(),
        mentions: Vec::new(),
        mentions_me: false,
        everyone: None,
        expires_at: None,
        thread: None,
        replies: None,
        attachments: Vec::new(),
        poll: None,
        preview: None,
        forwarded: None,
        pinned: false,
        saved: false,
        edited: false,
        delivery: None,
        failure: None,
        can_pin: true,
        can_edit: false,
        can_delete: false,
    }
}

fn upsert(id: &str, order: u64, text: &str) -> TimelineDiff {
    TimelineDiff::Upsert { row: Box::new(message(id, order, text)) }
}

fn open(rows: Vec<MessageRow>) -> (Owner, Timeline, ChatId) {
    let owner = Owner::new();
    owner.set();
    let timeline = Timeline::new();
    let chat = ChatId::general();
    timeline.open(chat.clone());
    let reset = TimelineDiff::Reset { rows, has_older: true, has_newer: false, position: TimelinePosition::End };
    timeline.apply(&chat, vec![reset]);
    (owner, timeline, chat)
}

fn ids(timeline: &Timeline) -> Vec<String> {
    timeline.rows.with_untracked(|rows| rows.iter().map(|entry| entry.id.to_string()).collect())
}

fn last_change(timeline: &Timeline) -> Option<TimelineChange> {
    timeline.change.get_untracked().1
}

#[test]
fn a_new_message_goes_to_the_end_and_an_accepted_one_moves_to_its_place() {
    let (_owner, timeline, chat) = open(vec![message("a", 1, ""), message("b", 2, "")]);
    timeline.apply(&chat, vec![upsert("mine", 1_000_000, "queued")]);
    assert_eq!(last_change(&timeline), Some(TimelineChange::Inserted(2)));
    timeline.apply(&chat, vec![upsert("c", 3, "")]);
    assert_eq!(ids(&timeline), ["a", "b", "c", "mine"]);
    timeline.apply(&chat, vec![upsert("d", 5, ""), upsert("mine", 4, "sent")]);
    assert_eq!(ids(&timeline), ["a", "b", "c", "mine", "d"]);
    assert_eq!(last_change(&timeline), Some(TimelineChange::Moved(4, 3)));
}

#[test]
fn an_edit_changes_the_row_and_leaves_the_list_alone() {
    let (_owner, timeline, chat) = open(vec![message("a", 1, "one"), message("b", 2, "")]);
    let row = timeline.find(&MessageId::new("a").unwrap()).unwrap();
    timeline.apply(&chat, vec![upsert("a", 1, "two")]);
    assert_eq!(row.get_untracked().content, MessageContent::Text { text: "two".into() });
    assert_eq!(last_change(&timeline), Some(TimelineChange::Changed(0)));
}

#[test]
fn a_queued_message_that_is_accepted_in_place_takes_its_new_order() {
    let (_owner, timeline, chat) = open(vec![message("a", 1, "")]);
    timeline.apply(&chat, vec![upsert("mine", 900, ""), upsert("mine", 2, ""), upsert("b", 3, "")]);
    assert_eq!(ids(&timeline), ["a", "mine", "b"]);
}

#[test]
fn older_pages_come_above_without_doubles() {
    let (_owner, timeline, chat) = open(vec![message("c", 3, ""), message("d", 4, "")]);
    let rows = vec![message("a", 1, ""), message("b", 2, ""), message("c", 3, "again")];
    timeline.apply(&chat, vec![TimelineDiff::Older { rows, has_older: false, failed: false }]);
    assert_eq!(ids(&timeline), ["a", "b", "c", "d"]);
    assert_eq!(last_change(&timeline), Some(TimelineChange::Prepended(2)));
    assert!(!timeline.has_older.get_untracked());
}

#[test]
fn diffs_of_another_chat_are_ignored() {
    let (_owner, timeline, _chat) = open(vec![message("a", 1, "")]);
    timeline.apply(&ChatId::new("other").unwrap(), vec![upsert("x", 2, "")]);
    assert_eq!(ids(&timeline), ["a"]);
    timeline.apply(&ChatId::general(), vec![TimelineDiff::Remove { id: MessageId::new("a").unwrap() }]);
    assert_eq!(last_change(&timeline), Some(TimelineChange::Removed(0)));
}
