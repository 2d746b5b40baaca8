//! How a person keeps a chat: pinned, muted, archived, marked unread. The actions for menus.

use js_sys::Date;
use leptos::prelude::*;
use view::{ChatRow, ChatSettings, Command, NotifyAbout, Timestamp};

use crate::bridge;
use crate::i18n::{key, t};
use crate::primitives::{IconName, MenuItem};
use crate::state::{AppState, Dialog};

const HOUR_MS: i64 = 3_600_000;
/// Until it is taken back: the end of the years that a date shows with four digits.
const FOREVER: Timestamp = Timestamp(253_402_300_799_000);

/// Quiet now.
pub fn is_muted(settings: &ChatSettings) -> bool {
    settings.muted_until.is_some_and(|until| until.0 > now())
}

/// The same settings, quiet until it is taken back, or not quiet.
pub fn mute(settings: &ChatSettings, on: bool) -> ChatSettings {
    ChatSettings { muted_until: on.then_some(FOREVER), ..settings.clone() }
}

/// One way of keeping a chat: how it is called, and the command that does it.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// The key of its words.
    pub words: &'static str,
    /// Before them.
    pub icon: IconName,
    /// Does it.
    pub command: Command,
}

/// The actions for one chat of the list, or the open one.
pub fn keeping_items(state: AppState, row: &ChatRow) -> Vec<MenuItem> {
    let item = |keeping: Keeping| {
        let keep = move |()| bridge::tell(state, keeping.command.clone());
        MenuItem::new(t(keeping.words), keeping.icon, Callback::new(keep))
    };
    let id = row.id.clone();
    let folders = move |()| state.nav.dialog.set(Some(Dialog::ChatFolders(id.clone())));
    let folders = MenuItem::new(t("folders-of-chat"), IconName::Folder, Callback::new(folders));
    keepings(row).into_iter().map(item).chain([folders]).collect()
}

/// What can be done about keeping a chat, as it is kept now.
pub fn keepings(row: &ChatRow) -> Vec<Keeping> {
    let settings = &row.settings;
    let item = |words: &'static str, icon: IconName, settings: ChatSettings| {
        let command = Command::SetChatSettings { chat_id: row.id.clone(), settings };
        Keeping { words, icon, command }
    };
    let pinned_at = if settings.pinned_at.is_some() { None } else { Some(Timestamp(now())) };
    let words = if pinned_at.is_some() { key("chats-pin") } else { key("chats-unpin") };
    let mut items = vec![item(words, IconName::Pin, ChatSettings { pinned_at, ..settings.clone() })];
    if row.unread > 0 || settings.marked_unread {
        let command = Command::MarkRead { chat_id: row.id.clone(), seq: row.last_seq };
        items.push(Keeping { words: key("chats-mark-read"), icon: IconName::Check, command });
    } else {
        let change = ChatSettings { marked_unread: true, ..settings.clone() };
        items.push(item(key("chats-mark-unread"), IconName::Chat, change));
    }
    if is_muted(settings) {
        let change = ChatSettings { muted_until: None, ..settings.clone() };
        items.push(item(key("chats-unmute"), IconName::Bell, change));
    } else {
        let after = |hours: i64| Timestamp(now() + hours * HOUR_MS);
        let choices = [
            (key("chats-mute-hour"), after(1)),
            (key("chats-mute-8-hours"), after(8)),
            (key("chats-mute-day"), after(24)),
            (key("chats-mute-week"), after(7 * 24)),
            (key("chats-mute"), FOREVER),
        ];
        for (words, until) in choices {
            let change = ChatSettings { muted_until: Some(until), ..settings.clone() };
            items.push(item(words, IconName::BellOff, change));
        }
    }
    let (words, notify) = match settings.notify {
        NotifyAbout::Mentions => (key("chats-notify-all"), NotifyAbout::All),
        NotifyAbout::All | NotifyAbout::Nothing => (key("chats-notify-mentions"), NotifyAbout::Mentions),
    };
    items.push(item(words, IconName::At, ChatSettings { notify, ..settings.clone() }));
    let archived_at_seq = if row.archived { None } else { Some(row.last_seq) };
    let words = if row.archived { key("chats-unarchive") } else { key("chats-archive") };
    items.push(item(words, IconName::Archive, ChatSettings { archived_at_seq, ..settings.clone() }));
    items
}

fn now() -> i64 {
    // A whole number of milliseconds, far below 2^53.
    Date::now() as i64
}
