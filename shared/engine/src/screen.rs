//! From what changed in a step to what the screen is told: modules note what is dirty, here it becomes updates, once
//! each and as things are at the end of the step.

use std::collections::BTreeSet;

use protocol::{ChatId, MessageId, UserId};
use view::{Connection, Me, Stage, Update};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::list::{Order, activity};
use crate::notices::Notices;
use crate::step::Step;
use crate::{chats, messages};

/// More changed rows than this in one step, and the whole list is told instead.
const ROWS_MAX: usize = 24;

/// What changed in this step.
#[derive(Default)]
pub(crate) struct Dirty {
    pub(crate) chats: BTreeSet<ChatId>,
    /// Profile or presence.
    pub(crate) people: BTreeSet<UserId>,
    /// Name or other parts of a profile that rows of messages show.
    pub(crate) names: BTreeSet<UserId>,
    pub(crate) messages: BTreeSet<(ChatId, MessageId)>,
    pub(crate) removed: Vec<(ChatId, MessageId)>,
    /// Chats whose receipts moved.
    pub(crate) ticks: BTreeSet<ChatId>,
    pub(crate) members: bool,
    /// Something changed in threads that one follows.
    pub(crate) threads: bool,
    /// Messages that are to be sent later.
    pub(crate) scheduled: bool,
    /// What one is reminded of.
    pub(crate) reminders: bool,
    /// What concerns oneself.
    pub(crate) news: bool,
    /// Own devices, or what this one may do.
    pub(crate) devices: bool,
    pub(crate) connection: bool,
    /// The open chat's history is another one now.
    pub(crate) replaced: bool,
}

/// What the UI was told, so that it is told only what is new.
#[derive(Default)]
pub(crate) struct Screen {
    pub(crate) dirty: Dirty,
    pub(crate) notices: Notices,
    /// The UI has said `Start`.
    watching: bool,
    order: Order,
    unread: Option<(u64, u64)>,
    connection: Option<Connection>,
    pub(crate) members_of: Option<ChatId>,
    /// The chat that is open, for which single messages matter.
    pub(crate) open: Option<ChatId>,
    /// The thread that is open beside it.
    pub(crate) thread: Option<(ChatId, MessageId)>,
    pub(crate) threads_unread: Option<u32>,
    pub(crate) inbox_unread: Option<u32>,
}

impl Screen {
    pub(crate) fn dirty_message(&mut self, chat: &ChatId, id: &MessageId) {
        let beside = self.thread.as_ref().is_some_and(|(of, _)| of == chat);
        if beside || self.open.as_ref() == Some(chat) {
            self.dirty.messages.insert((chat.clone(), id.clone()));
        }
    }

    /// The account was left: the UI stays and watches.
    pub(crate) fn reset(&mut self) {
        *self = Self { watching: self.watching, ..Self::default() };
    }
}

impl Engine {
    /// `Start`, and each log-in: tells everything.
    pub(crate) fn show_all(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        self.screen.watching = true;
        self.screen.dirty = Dirty::default();
        s.update(Update::Preferences { preferences: self.preferences.clone() });
        let Some(account) = self.account.clone().filter(|_| self.tokens.is_some()) else { return Ok(()) };
        self.people.hear_of(s.tx, account.user_id, &account.username)?;
        let person = self.person_row(s, account.user_id)?;
        let me = Me { person, team: account.team, address: account.address, hosting: false };
        s.update(Update::Stage { stage: Stage::Ready { me } });
        let connection = self.connection_view();
        self.screen.connection = Some(connection);
        s.update(Update::Connection { connection });
        self.show_list(s)?;
        self.show_emoji(s)?;
        self.show_kept(s)?;
        self.screen.unread = None;
        self.screen.threads_unread = None;
        self.screen.inbox_unread = None;
        self.show_inbox(s)?;
        self.show_threads_unread(s)?;
        self.show_scheduled(s)?;
        self.show_reminders(s)?;
        self.show_devices(s)?;
        self.show_transfers(s)?;
        self.show_team_emoji(s)?;
        self.show_privacy(s)?;
        self.show_unread(s)
    }

    /// The end of the step: tells what changed.
    pub(crate) fn show(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.screen.watching || self.account.is_none() {
            self.screen.dirty = Dirty::default();
            return self.show_notices(s);
        }
        self.spread_dirt(s)?;
        let dirty = std::mem::take(&mut self.screen.dirty);
        self.show_timeline(s, &dirty)?;
        self.show_thread(s, &dirty)?;
        if dirty.threads {
            self.show_threads_unread(s)?;
        }
        // Reading a chat reads what concerns oneself there.
        if dirty.news || (self.screen.inbox_unread != Some(0) && !dirty.chats.is_empty()) {
            self.show_inbox(s)?;
        }
        if dirty.scheduled {
            self.show_scheduled(s)?;
        }
        if dirty.devices {
            self.show_devices(s)?;
        }
        if dirty.reminders {
            self.show_reminders(s)?;
        }
        for id in &dirty.people {
            let person = self.person_row(s, *id)?;
            s.update(Update::Person { person });
        }
        if dirty.chats.len() > ROWS_MAX {
            self.show_list(s)?;
        } else {
            for chat in &dirty.chats {
                self.show_chat(s, chat)?;
            }
        }
        if !dirty.chats.is_empty() {
            self.show_unread(s)?;
        }
        if dirty.members
            && let Some(chat_id) = self.screen.members_of.clone()
            && self.screen.open.as_ref() == Some(&chat_id)
        {
            let members = self.member_rows(s, &chat_id)?;
            s.update(Update::Members { chat_id, members });
        }
        let connection = self.connection_view();
        if dirty.connection && self.screen.connection != Some(connection) {
            self.screen.connection = Some(connection);
            s.update(Update::Connection { connection });
        }
        self.show_notices(s)
    }

    /// A person stands in the title of their private chat, too.
    fn spread_dirt(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        for id in self.screen.dirty.people.clone() {
            let chat = ChatId::private(me, id);
            if chats::get(s.tx, &chat)?.is_some() {
                self.screen.dirty.chats.insert(chat);
            }
        }
        Ok(())
    }

    fn show_list(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let mut rows = Vec::new();
        self.screen.order = Order::default();
        for info in chats::listed(s.tx)? {
            let row = self.chat_row(s, &info)?;
            rows.push((activity(&row, &info), row));
        }
        rows.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
        for (at, row) in &rows {
            self.screen.order.place(&row.id, *at);
        }
        s.update(Update::Chats { chats: rows.into_iter().map(|(_, row)| row).collect() });
        Ok(())
    }

    fn show_chat(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        match chats::get(s.tx, chat)?.filter(|info| info.listed && info.known) {
            Some(info) => {
                let chat = self.chat_row(s, &info)?;
                let index = self.screen.order.place(&chat.id, activity(&chat, &info));
                s.update(Update::ChatChanged { chat, index });
            }
            None => {
                if self.screen.order.remove(chat) {
                    s.update(Update::ChatRemoved { chat_id: chat.clone() });
                }
            }
        }
        Ok(())
    }

    fn show_unread(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let sums = chats::unread_sums(s.tx, s.now)?;
        if self.screen.unread != Some(sums) {
            self.screen.unread = Some(sums);
            s.update(Update::Unread { messages: sums.0, mentions: sums.1 });
        }
        Ok(())
    }

    /// A message changed: those that quote it show the old text.
    pub(crate) fn dirty_answers(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<(), EngineError> {
        if self.screen.open.as_ref() == Some(chat)
            && let Some(low) = self.shown_low()
        {
            for answer in messages::answers(s.tx, chat, id, low)? {
                self.screen.dirty.messages.insert((chat.clone(), answer));
            }
        }
        Ok(())
    }
}
