//! What is open where: the chat, the right panel, a dialog; and the way back.

use leptos::prelude::*;
use view::{ChatId, MessageId};

use crate::i18n::key;

/// Most chats remembered for back and forward.
pub const HISTORY_MAX: usize = 50;

/// What the right panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// All about the open chat.
    Info,
    /// Search in the open chat.
    SearchChat,
    /// Search in all chats.
    SearchEverywhere,
    /// One's saved messages.
    Saved,
    /// Messages that mention oneself.
    Mentions,
    /// What concerns oneself.
    Inbox,
    /// The thread of a message.
    Thread,
    /// Threads that one follows.
    Threads,
    /// All messages that are to be sent later.
    Scheduled,
    /// Those of the open chat.
    ScheduledHere,
    /// Whose devices can read the open chat.
    Readers,
}

/// A part of [`Panel::Info`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InfoTab {
    /// Who is in it.
    Members,
    /// Pictures and files.
    Files,
    /// Links.
    Links,
    /// What is pinned.
    Pinned,
}

impl InfoTab {
    const ALL: [InfoTab; 4] = [InfoTab::Members, InfoTab::Files, InfoTab::Links, InfoTab::Pinned];

    /// Its name among the tabs.
    pub fn name(self) -> &'static str {
        match self {
            InfoTab::Members => "members",
            InfoTab::Files => "files",
            InfoTab::Links => "links",
            InfoTab::Pinned => "pinned",
        }
    }

    /// The part with this name; the first for none.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.name() == name).unwrap_or(InfoTab::Members)
    }

    /// The key of its words.
    pub fn words(self) -> &'static str {
        match self {
            InfoTab::Members => key("info-members"),
            InfoTab::Files => key("info-files"),
            InfoTab::Links => key("info-links"),
            InfoTab::Pinned => key("info-pinned"),
        }
    }
}

/// What lies over the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialog {
    /// Jump to a chat or person (Ctrl+K).
    QuickSwitcher,
    /// Everything one can do, by name (Ctrl+Shift+K).
    CommandPalette,
    /// The sheet of shortcuts.
    Shortcuts,
    /// A new group or channel.
    NewChat,
    /// The directory of people.
    People,
    /// The directory of channels.
    Channels,
    /// A link that brings someone here; also into this chat.
    Invite(Option<ChatId>),
    /// A link that leads into a chat of this team.
    JoinLink,
    /// A person's profile.
    Profile(view::UserId),
    /// People to add to a chat.
    AddMembers(ChatId),
    /// Name and description of a chat.
    EditChat(ChatId),
    /// Chats in which to say messages again: those of this chat, and whether a poll is among them.
    Forward(ChatId, Vec<MessageId>, bool),
    /// What a message said before it was changed.
    Versions(ChatId, MessageId),
    /// A folder of the chat list; `None` makes one.
    Folder(Option<String>),
    /// In which folders a chat is.
    ChatFolders(ChatId),
    /// A theme of one's own; `None` makes one.
    Theme(Option<String>),
    /// Whether a chat shall have this owner.
    GiveChat(ChatId, view::UserId),
    /// Making a group encrypted.
    TurnOnEncryption(ChatId),
    /// A poll to ask in a chat, or in a thread, with what was typed already.
    NewPoll(ChatId, Option<MessageId>, String),
    /// Who voted in a poll: its answers with how many chose them.
    Voters(ChatId, MessageId, Vec<(String, u32)>),
    /// The team's own emoji and stickers.
    TeamEmoji,
    /// The part of a chosen picture that becomes a chat's, or one's own.
    Avatar(Option<ChatId>),
    /// A day of a chat's history.
    GoToDate(ChatId),
    /// What one is doing now.
    Status,
    /// After how long a chat's messages go.
    Disappearing(ChatId),
    /// Confirming this device.
    ConfirmDevice,
}

impl Dialog {
    /// Who voted in the poll of a message.
    pub fn voters(chat: ChatId, row: &view::MessageRow) -> Self {
        let answers = row.poll.iter().flat_map(|poll| &poll.options).map(|option| (option.text.clone(), option.votes));
        Dialog::Voters(chat, row.id.clone(), answers.collect())
    }
}

/// What is open where.
#[derive(Debug, Clone, Copy)]
pub struct Navigation {
    /// The open chat.
    pub chat: RwSignal<Option<ChatId>>,
    /// A message to jump to, taken by the timeline once the chat is open.
    pub jump: RwSignal<Option<(ChatId, Option<MessageId>)>>,
    /// The right panel.
    pub panel: RwSignal<Option<Panel>>,
    /// What [`Panel::Info`] shows.
    pub info: RwSignal<InfoTab>,
    /// The thread of [`Panel::Thread`], by chat and first message.
    pub thread: RwSignal<Option<(ChatId, MessageId)>>,
    /// The dialog on top.
    pub dialog: RwSignal<Option<Dialog>>,
    /// Settings are shown in place of the chats.
    pub settings: RwSignal<bool>,
    last_panel: StoredValue<Panel>,
    back: StoredValue<Vec<ChatId>>,
    forward: StoredValue<Vec<ChatId>>,
}

impl Navigation {
    /// Nothing open.
    pub fn new() -> Self {
        Self {
            chat: RwSignal::new(None),
            jump: RwSignal::new(None),
            panel: RwSignal::new(None),
            info: RwSignal::new(InfoTab::Members),
            thread: RwSignal::new(None),
            dialog: RwSignal::new(None),
            settings: RwSignal::new(false),
            last_panel: StoredValue::new(Panel::Info),
            back: StoredValue::new(Vec::new()),
            forward: StoredValue::new(Vec::new()),
        }
    }

    /// Opens a chat and remembers the one before.
    pub fn open(&self, chat: ChatId) {
        self.settings.set(false);
        self.dialog.set(None);
        let old = self.chat.get_untracked();
        if old.as_ref() == Some(&chat) {
            return;
        }
        // A thread stays beside its own chat only.
        if self.panel.get_untracked() == Some(Panel::Thread) {
            self.panel.set(None);
        }
        if let Some(old) = old {
            self.back.update_value(|back| {
                back.push(old);
                let extra = back.len().saturating_sub(HISTORY_MAX);
                back.drain(..extra);
            });
            self.forward.update_value(Vec::clear);
        }
        self.chat.set(Some(chat));
    }

    /// Opens a chat at a message (a search hit, a notification).
    pub fn open_at(&self, chat: ChatId, message: Option<MessageId>) {
        self.open(chat.clone());
        if message.is_some() {
            self.jump.set(Some((chat, message)));
        }
    }

    /// Shows no chat (the way back on a narrow screen).
    pub fn close_chat(&self) {
        self.chat.set(None);
        self.panel.set(None);
    }

    /// To the chat before this one.
    pub fn go_back(&self) {
        self.step(self.back, self.forward);
    }

    /// To the chat from which one went back.
    pub fn go_forward(&self) {
        self.step(self.forward, self.back);
    }

    /// A chat is no more.
    pub fn chat_gone(&self, chat: &ChatId) {
        for stack in [self.back, self.forward] {
            stack.update_value(|stack| stack.retain(|other| other != chat));
        }
        if self.chat.with_untracked(|open| open.as_ref() == Some(chat)) {
            self.close_chat();
        }
    }

    /// Opens the panel, or closes it when it is the one that shows.
    pub fn toggle(&self, panel: Panel) {
        self.panel.update(|shown| *shown = if *shown == Some(panel) { None } else { Some(panel) });
    }

    /// Shows a part of what is known about the open chat.
    pub fn show_info(&self, tab: InfoTab) {
        self.info.set(tab);
        self.panel.set(Some(Panel::Info));
    }

    /// Closes the panel, or opens the one that showed last.
    pub fn toggle_last_panel(&self) {
        match self.panel.get_untracked() {
            Some(panel) => {
                self.last_panel.set_value(panel);
                self.panel.set(None);
            }
            None => self.panel.set(Some(self.last_panel.get_value())),
        }
    }

    /// Opens the dialog, or closes it when it is the one that shows.
    pub fn toggle_dialog(&self, dialog: Dialog) {
        self.dialog.update(|shown| *shown = if shown.as_ref() == Some(&dialog) { None } else { Some(dialog) });
    }

    /// Everything closed (log-out).
    pub fn reset(&self) {
        self.close_chat();
        self.dialog.set(None);
        self.jump.set(None);
        self.settings.set(false);
        self.back.update_value(Vec::clear);
        self.forward.update_value(Vec::clear);
    }

    fn step(&self, from: StoredValue<Vec<ChatId>>, to: StoredValue<Vec<ChatId>>) {
        let mut next = None;
        from.update_value(|stack| next = stack.pop());
        let Some(next) = next else { return };
        if let Some(old) = self.chat.get_untracked() {
            to.update_value(|stack| stack.push(old));
        }
        self.chat.set(Some(next));
    }
}

impl Default for Navigation {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn back_and_forward_walk_through_the_chats_that_were_open() {
        let owner = Owner::new();
        owner.set();
        let nav = Navigation::new();
        let chat = |id: &str| ChatId::new(id).unwrap();
        for id in ["a", "b", "c"] {
            nav.open(chat(id));
        }
        nav.go_back();
        nav.go_back();
        assert_eq!(nav.chat.get_untracked(), Some(chat("a")));
        nav.go_forward();
        assert_eq!(nav.chat.get_untracked(), Some(chat("b")));
        nav.open(chat("d"));
        nav.go_forward();
        assert_eq!(nav.chat.get_untracked(), Some(chat("d")));
        nav.chat_gone(&chat("b"));
        nav.go_back();
        assert_eq!(nav.chat.get_untracked(), Some(chat("a")));
    }
}
