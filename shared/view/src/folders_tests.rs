//! What is in a folder, by hand and by rule.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::ChatSettings;

const NOW: Timestamp = Timestamp(1_000);

fn row(id: &str, kind: ChatKind) -> ChatRow {
    ChatRow {
        id: ChatId::new(id).unwrap(),
        kind,
        title: id.to_owned(),
        description: String::new(),
        avatar: None,
        person: None,
        role: None,
        public: false,
        encrypted: false,
        waits: false,
        rights: crate::Rights::default(),
        may_post: true,
        may_invite: true,
        may_mention_everyone: false,
        disappear_after: None,
        may_set_timer: false,
        member_count: 1,
        join_requests: 0,
        last_text: String::new(),
        last_author: String::new(),
        last_own: false,
        last_note: None,
        last_delivery: None,
        last_at: None,
        last_seq: 0,
        unread: 0,
        unread_mentions: 0,
        draft: String::new(),
        typing: Vec::new(),
        settings: ChatSettings::default(),
        archived: false,
    }
}

fn with_rule(rule: FolderRule) -> Folder {
    Folder { name: "f".into(), rule, ..Folder::default() }
}

fn rule() -> FolderRule {
    FolderRule::default()
}

fn holds(folder: &Folder, row: &ChatRow) -> bool {
    folder.holds(row, NOW, false)
}

#[test]
fn a_folder_without_a_rule_holds_what_was_put_into_it_and_nothing_else() {
    let mut folder = with_rule(rule());
    let (a, b) = (row("a", ChatKind::Group), row("b", ChatKind::Group));
    assert!(folder.put(&a, NOW, true));
    assert!(holds(&folder, &a) && !holds(&folder, &b));
    assert!(folder.put(&a, NOW, false));
    assert!(!holds(&folder, &a) && folder.without.is_empty(), "no rule would bring it back");
}

#[test]
fn kinds_are_one_or_the_other_and_no_kind_is_any() {
    let folder = with_rule(FolderRule { private: true, channels: true, ..rule() });
    let held = [ChatKind::Private, ChatKind::Group, ChatKind::Channel].map(|kind| holds(&folder, &row("x", kind)));
    assert_eq!(held, [true, false, true]);
    let named = with_rule(FolderRule { name: "отчет БЮДЖ".into(), ..rule() });
    let mut chat = row("x", ChatKind::Group);
    chat.title = "Отчёты и бюджет".into();
    assert!(holds(&named, &chat), "ё is е, case does not matter, each word is found");
    chat.title = "Отчёты".into();
    assert!(!holds(&named, &chat));
}

#[test]
fn what_is_open_stays_while_it_is_being_read() {
    let folder = with_rule(FolderRule { unread: true, ..rule() });
    let mut chat = row("x", ChatKind::Group);
    assert!(!holds(&folder, &chat) && folder.holds(&chat, NOW, true));
    chat.settings.marked_unread = true;
    assert!(holds(&folder, &chat));
    let mentions = with_rule(FolderRule { mentions: true, ..rule() });
    assert!(!holds(&mentions, &chat));
    chat.unread_mentions = 1;
    assert!(holds(&mentions, &chat));
}

#[test]
fn archived_chats_stay_out_unless_asked_for_and_muting_ends_with_its_time() {
    let mut chat = row("x", ChatKind::Group);
    chat.archived = true;
    let groups = FolderRule { groups: true, ..rule() };
    assert!(!holds(&with_rule(groups.clone()), &chat));
    assert!(holds(&with_rule(FolderRule { archived: Wanted::Also, ..groups.clone() }), &chat));
    assert!(holds(&with_rule(FolderRule { archived: Wanted::Only, ..rule() }), &chat));
    chat.archived = false;
    let loud = with_rule(FolderRule { muted: Wanted::Without, ..groups });
    chat.settings.muted_until = Some(Timestamp(NOW.0 + 1));
    assert!(!holds(&loud, &chat));
    chat.settings.muted_until = Some(NOW);
    assert!(holds(&loud, &chat));
}

#[test]
fn a_chat_that_the_rule_finds_can_be_kept_out_and_let_in_again() {
    let mut folder = with_rule(FolderRule { groups: true, ..rule() });
    let chat = row("x", ChatKind::Group);
    folder.put(&chat, NOW, false);
    assert!(!holds(&folder, &chat));
    folder.put(&chat, NOW, true);
    assert!(holds(&folder, &chat) && folder.chats.is_empty(), "the rule does it again");
}

#[test]
fn a_folder_counts_chats_with_something_new_and_muted_ones_only_for_a_mention() {
    let folder = with_rule(FolderRule { groups: true, ..rule() });
    let mut rows = [row("a", ChatKind::Group), row("b", ChatKind::Group), row("c", ChatKind::Channel)];
    rows[0].unread = 7;
    rows[1].unread = 3;
    rows[1].settings.muted_until = Some(Timestamp(i64::MAX));
    rows[2].unread = 1;
    assert_eq!(folder.unread(rows.iter(), NOW), 1);
    rows[1].unread_mentions = 1;
    assert_eq!(folder.unread(rows.iter(), NOW), 2);
}

#[test]
fn what_is_read_is_cut_to_its_bounds_and_what_is_no_folder_is_none() {
    let folder = Folder { id: "1".into(), name: "Я".repeat(99), icon: "🗂️".into(), ..with_rule(rule()) };
    let read = Folder::read(&folder.key(), &folder.value()).unwrap();
    assert_eq!((read.name.chars().count(), read.icon.as_str(), read.id.as_str()), (NAME_CHARS_MAX, "🗂️", "1"));
    let long = Folder { icon: "x".repeat(41), name: " \u{7}work ".into(), ..Folder::default() };
    let read = Folder::read("ui:folder:2", &long.value()).unwrap();
    assert_eq!((read.name.as_str(), read.icon.as_str()), ("work", ""));
    for (key, value) in
        [("ui:folder:", "{}"), ("ui:keys", "{}"), ("ui:folder:1", "[]"), ("ui:folder:1", "{\"name\":\" \"}")]
    {
        assert_eq!(Folder::read(key, value), None, "{key} {value}");
    }
    let newer = "{\"name\":\"n\",\"colour\":\"red\",\"rule\":{\"unread\":true,\"starred\":true}}";
    assert!(Folder::read("ui:folder:1", newer).unwrap().rule.unread, "a newer version's fields are left alone");
}

#[test]
fn folders_stand_by_their_place_then_by_age() {
    let folder = |id: &str, place| Folder { id: id.into(), place, ..with_rule(rule()) };
    let order = in_order(vec![folder("b", 1), folder("c", 0), folder("a", 1)]);
    assert_eq!(order.iter().map(|folder| folder.id.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
}

#[test]
fn the_largest_folder_fits_into_an_entry() {
    let id = |n: usize| ChatId::new(format!("{n:036}")).unwrap();
    let folder = Folder {
        chats: (0..CHATS_MAX).map(id).collect(),
        without: (0..CHATS_MAX).map(id).collect(),
        ..Folder::default()
    };
    assert!(folder.value().len() < protocol::limits::ITEM_VALUE_BYTES_MAX, "{}", folder.value().len());
}
