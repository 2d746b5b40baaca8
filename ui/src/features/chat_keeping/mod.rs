//! How a person keeps a chat: pinned, muted, archived, marked unread. The actions for menus.

use js_sys::Date;
use leptos::prelude::*;
use view::{ChatRow, ChatSettings, Command, NotifyAbout, Timestamp};

use crate::bridge;
use crate::i18n::t;
use crate::primitives::{IconName, MenuItem};
use crate::state::AppState;

const HOUR_MS: i64 = 3_600_000;
/// Until it is taken back: the end of the years that a date shows with four digits.
const FOREVER: Timestamp = Timestamp(253_402_300_799_000);

/// Quiet now.
pub fn is_muted(settings: &ChatSettings) -> bool {
    settings.muted_until.is_some_and(|until| until.0 > now())
}

/// The actions for one chat of the list, or the open one.
pub fn keeping_items(state: AppState, row: &ChatRow) -> Vec<MenuItem> {
    let settings = &row.settings;
    let item = |words: &str, icon: IconName, change: ChatSettings| {
        let chat_id = row.id.clone();
        let keep = move |()| {
            bridge::tell(state, Command::SetChatSettings { chat_id: chat_id.clone(), settings: change.clone() });
        };
        MenuItem::new(t(words), icon, Callback::new(keep))
    };
    let pinned_at = if settings.pinned_at.is_some() { None } else { Some(Timestamp(now())) };
    let words = if pinned_at.is_some() { "chats-pin" } else { "chats-unpin" };
    let mut items = vec![item(words, IconName::Pin, ChatSettings { pinned_at, ..settings.clone() })];
    if row.unread > 0 || settings.marked_unread {
        items.push(read_item(state, row));
    } else {
        let change = ChatSettings { marked_unread: true, ..settings.clone() };
        items.push(item("chats-mark-unread", IconName::Chat, change));
    }
    if is_muted(settings) {
        let change = ChatSettings { muted_until: None, ..settings.clone() };
        items.push(item("chats-unmute", IconName::Bell, change));
    } else {
        for (words, until) in [("chats-mute-hour", Timestamp(now() + HOUR_MS)), ("chats-mute", FOREVER)] {
            let change = ChatSettings { muted_until: Some(until), ..settings.clone() };
            items.push(item(words, IconName::BellOff, change));
        }
    }
    let (words, notify) = match settings.notify {
        NotifyAbout::Mentions => ("chats-notify-all", NotifyAbout::All),
        NotifyAbout::All | NotifyAbout::Nothing => ("chats-notify-mentions", NotifyAbout::Mentions),
    };
    items.push(item(words, IconName::At, ChatSettings { notify, ..settings.clone() }));
    let archived_at_seq = if row.archived { None } else { Some(row.last_seq) };
    let words = if row.archived { "chats-unarchive" } else { "chats-archive" };
    items.push(item(words, IconName::Archive, ChatSettings { archived_at_seq, ..settings.clone() }));
    items
}

fn read_item(state: AppState, row: &ChatRow) -> MenuItem {
    let (chat_id, seq) = (row.id.clone(), row.last_seq);
    let read = move |()| bridge::tell(state, Command::MarkRead { chat_id: chat_id.clone(), seq });
    MenuItem::new(t("chats-mark-read"), IconName::Check, Callback::new(read))
}

fn now() -> i64 {
    // A whole number of milliseconds, far below 2^53.
    Date::now() as i64
}
