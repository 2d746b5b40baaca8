//! Puts rows into the cache and notes what they change on screen. Unread counts are kept by addition, so that a
//! backlog of any length costs the same per message.

use protocol::frame::{Changes, HistoryPage};
use protocol::model::Receipt;
use protocol::{ChatId, Message, Row, Scope, User};
use sql::params;

use crate::disappearing::has_gone;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, Meaning, Put, State};
use crate::sealing::Told;
use crate::step::Step;
use crate::{chats, members, ranges, receipts};

/// How rows came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// One by one, as they happened.
    Live,
    /// As the answer to `sync`; `last`: nothing is missing after them.
    CatchUp { last: bool },
    /// The present instead of the past.
    Snapshot,
}

/// A sealed message as this device knows it, opened or not, and its seal's hash.
type Known = (Message, [u8; 32]);

/// What the messages of one batch add up to.
struct Batch {
    read_seq: u64,
    /// The newest message up to which the cache has no hole.
    tail: u64,
    /// The newest that the cache had before these, and those that were caught up with them, came: what stands beyond it is news. An
    /// older one that the cache does not hold comes when somebody reacts to it or edits it.
    known: u64,
    seqs: Vec<u64>,
    unread: u64,
    mentions: u64,
    recount: bool,
    newest: u64,
}

impl Engine {
    pub(crate) fn apply(
        &mut self,
        s: &mut Step<'_, '_>,
        scope: &Scope,
        rows: Vec<Row>,
        source: Source,
    ) -> Result<(), EngineError> {
        match scope {
            Scope::Team => {
                for row in rows {
                    match row {
                        Row::User(user) => self.put_person(s, &user)?,
                        Row::Emoji(emoji) => self.emoji_came(s, emoji)?,
                        _ => {}
                    }
                }
                Ok(())
            }
            Scope::User(id) if Some(*id) == self.me() => self.apply_own(s, rows),
            Scope::User(_) => Ok(()),
            Scope::Chat(chat) => self.apply_chat(s, chat, rows, source),
        }
    }

    /// Takes in a profile, wherever it came from.
    pub(crate) fn put_person(&mut self, s: &mut Step<'_, '_>, user: &User) -> Result<(), EngineError> {
        if self.people.put(s.tx, user)? {
            self.screen.dirty.people.insert(user.id);
            self.screen.dirty.names.insert(user.id);
        }
        Ok(())
    }

    fn apply_own(&mut self, s: &mut Step<'_, '_>, rows: Vec<Row>) -> Result<(), EngineError> {
        for row in rows {
            let membership = match row {
                Row::Membership(membership) => membership,
                Row::Item(item) => {
                    self.item_came(s, &item)?;
                    continue;
                }
                Row::Device(device) => {
                    self.device_came(s, &device)?;
                    continue;
                }
                Row::Admission(admission) => {
                    self.admitted(s, &admission)?;
                    continue;
                }
                _ => continue,
            };
            let change = chats::put_membership(s.tx, &membership)?;
            let chat = membership.chat_id;
            if change.came {
                self.give_items(s, &chat)?;
                self.want(Scope::Chat(chat.clone()));
            }
            if change.went {
                self.unfollow(s.tx, &Scope::Chat(chat.clone()))?;
            }
            if change.read_moved {
                chats::recount(s.tx, &chat)?;
            }
            self.screen.dirty.chats.insert(chat);
        }
        Ok(())
    }

    fn apply_chat(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        rows: Vec<Row>,
        source: Source,
    ) -> Result<(), EngineError> {
        let mut batch = self.begin_batch(s, chat, source == Source::Snapshot)?;
        batch.known = self.inbox.known_before(chat, batch.tail, source);
        let mut members_changed = false;
        for row in rows {
            match row {
                Row::Chat(row) if row.id == *chat => {
                    chats::put(s.tx, &row)?;
                    if row.encrypted {
                        self.sealing_opened(chat);
                    }
                }
                Row::Member(member) => members_changed |= members::put(s.tx, chat, &member)?,
                Row::Message(message) => self.apply_message(s, chat, &message, source, &mut batch)?,
                Row::Group(group) => self.group_came(s, chat, group)?,
                Row::Handshake(commit) => {
                    self.own_beginning(s, chat, &commit)?;
                    self.commit_came(s, chat, commit)?;
                }
                _ => {}
            }
        }
        self.end_batch(s, chat, batch)?;
        if members_changed {
            self.group_moved(chat);
            self.screen.dirty.members = true;
            self.sum_receipts(s, chat)?;
        }
        self.screen.dirty.chats.insert(chat.clone());
        Ok(())
    }

    fn begin_batch(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, recount: bool) -> Result<Batch, EngineError> {
        let read_seq = chats::get(s.tx, chat)?.map_or(0, |info| info.read_seq);
        let tail = ranges::tail(s.tx, chat)?.map_or(0, |(_, high)| high);
        Ok(Batch { read_seq, tail, known: u64::MAX, seqs: Vec::new(), unread: 0, mentions: 0, recount, newest: 0 })
    }

    fn end_batch(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, mut batch: Batch) -> Result<(), EngineError> {
        ranges::add_all(s.tx, chat, &mut batch.seqs)?;
        if batch.newest > 0 {
            chats::saw_seq(s.tx, chat, batch.newest)?;
        }
        if batch.recount {
            chats::recount(s.tx, chat)?;
        } else if batch.unread > 0 {
            chats::add_unread(s.tx, chat, batch.unread, batch.mentions)?;
        }
        if batch.newest > 0 {
            self.delivered_due(s, chat);
        }
        Ok(())
    }

    fn apply_message(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
        source: Source,
        batch: &mut Batch,
    ) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        self.people.hear_of(s.tx, message.sender_id, &message.sender_username)?;
        if has_gone(message) || self.going.is_over(message, s.now) {
            // In the cache it is a place like any other, with nothing in it.
            self.went(s, chat, &message.id)?;
            batch.seqs.push(message.seq);
            batch.newest = batch.newest.max(message.seq);
            if message.seq == batch.tail + 1 {
                batch.tail = message.seq;
            } else if message.seq > batch.read_seq {
                batch.recount = true;
            }
            return Ok(());
        }
        if let Some(at) = message.expires_at.filter(|_| message.deleted_at.is_none()) {
            self.going.note(at.0);
        }
        self.ballots_came(s, chat, message)?;
        let beyond = message.seq > batch.known;
        let opened = self.opened_copy(s, chat, message, source, beyond)?;
        let message = opened.as_ref().map_or(message, |(message, _)| message);
        let meaning = Meaning::of(message, me, &self.keywords);
        let put = messages::put(s.tx, chat, message, meaning)?;
        if put == Put::Same {
            return Ok(());
        }
        if message.sealed && message.deleted_at.is_some() {
            messages::forget_sealed(s.tx, chat, &message.id)?;
            self.archive_soon(s, chat, message.seq)?;
        }
        if let Some((_, cipher)) = &opened {
            messages::set_cipher(s.tx, chat, &message.id, cipher)?;
            self.archive_soon(s, chat, message.seq)?;
        }
        self.screen.dirty_message(chat, &message.id);
        self.note_news(s, chat, message, meaning, source)?;
        if put != Put::Same && message.thread.is_some() {
            self.thread_grew(s, chat, message)?;
        }
        match put {
            Put::New | Put::Settled => {
                batch.seqs.push(message.seq);
                batch.newest = batch.newest.max(message.seq);
                if message.seq == batch.tail + 1 {
                    batch.tail = message.seq;
                    if meaning.counts && message.seq > batch.read_seq {
                        batch.unread += 1;
                        batch.mentions += u64::from(meaning.mentions_me);
                    }
                } else if message.seq > batch.read_seq {
                    batch.recount = true;
                }
            }
            Put::Changed { .. } => {
                batch.recount |= message.seq > batch.read_seq;
                self.dirty_answers(s, chat, &message.id)?;
            }
            Put::Same => {}
        }
        if put == Put::Settled {
            self.post_came_back(s, chat, &message.id)?;
        }
        if put == Put::New && source != Source::Snapshot {
            self.stopped_typing(chat, message.sender_id);
            let counts = meaning.counts && message.seq > batch.read_seq;
            let in_thread = message.thread.is_some() && message.sender_id != me;
            // What is sealed is told when it was opened.
            if beyond && (counts || in_thread) && !message.sealed && source != (Source::CatchUp { last: false }) {
                self.screen.notices.offer(chat, &message.id, source == Source::Live);
            }
        }
        Ok(())
    }

    /// A sealed message as this device knows it, and by what seal; `None` for what came in the clear, or is not news.
    fn opened_copy(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
        source: Source,
        beyond: bool,
    ) -> Result<Option<Known>, EngineError> {
        if !message.sealed || message.deleted_at.is_some() {
            return Ok(None);
        }
        let known = messages::get(s.tx, chat, &message.id)?;
        if known.as_ref().is_some_and(|known| known.state == State::Settled && known.rev >= message.rev) {
            return Ok(None);
        }
        let news = known.is_none() && source != Source::Snapshot && Some(message.sender_id) != self.me();
        let mut copy = message.clone();
        let told = Told { news: news.then_some(source == Source::Live), quiet: !beyond };
        let cipher = self.unseal(s, chat, &mut copy, told)?;
        Ok(Some((copy, cipher)))
    }

    /// Single messages from here and there: no revision moves, rows that are newer here stay.
    pub(crate) fn apply_found(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        found: &[Message],
    ) -> Result<(), EngineError> {
        let mut batch = self.begin_batch(s, chat, true)?;
        for message in found {
            self.apply_message(s, chat, message, Source::Snapshot, &mut batch)?;
        }
        self.end_batch(s, chat, batch)?;
        self.screen.dirty.chats.insert(chat.clone());
        Ok(())
    }

    /// A page of history: no revision moves, rows that are newer here stay.
    pub(crate) fn apply_history(&mut self, s: &mut Step<'_, '_>, page: &HistoryPage) -> Result<(), EngineError> {
        let mut batch = self.begin_batch(s, &page.chat_id, false)?;
        for message in &page.messages {
            self.apply_message(s, &page.chat_id, message, Source::Snapshot, &mut batch)?;
        }
        if let (Some(first), Some(last)) = (page.messages.first(), page.messages.last()) {
            ranges::add(s.tx, &page.chat_id, first.seq, last.seq)?;
            batch.recount |= last.seq > batch.read_seq;
        }
        self.end_batch(s, &page.chat_id, batch)?;
        self.screen.dirty.chats.insert(page.chat_id.clone());
        Ok(())
    }

    /// The present comes instead of the past: forgets what the snapshot replaces.
    pub(crate) fn begin_snapshot(&mut self, s: &mut Step<'_, '_>, c: &Changes) -> Result<(), EngineError> {
        match &c.scope {
            Scope::Team => {
                s.tx.execute("UPDATE people SET rev = 0", &[])?;
            }
            Scope::User(_) => {
                chats::begin_memberships(s.tx)?;
                self.begin_items(s)?;
            }
            Scope::Chat(chat) => {
                self.remember_opened(s, chat)?;
                self.offer_lost_again(s, chat, &c.rows)?;
                messages::forget_history(s.tx, chat)?;
                ranges::clear(s.tx, chat)?;
                members::clear(s.tx, chat)?;
                chats::reset(s.tx, chat)?;
                self.timeline_replaced(chat);
            }
        }
        Ok(())
    }

    /// Own messages that stood in this part of the history and do not any more: the server was restored from a backup
    /// that is older than they are. They are sent again under their ids.
    fn offer_lost_again(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, rows: &[Row]) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        let present: std::collections::HashSet<&str> =
            rows.iter().filter_map(|row| if let Row::Message(m) = row { Some(m.id.as_str()) } else { None }).collect();
        let first = rows.iter().filter_map(|row| if let Row::Message(m) = row { Some(m.seq) } else { None }).min();
        let own = s.tx.rows(
            "SELECT id FROM messages WHERE chat_id = ?1 AND ord >= ?2 AND state = 0 AND sender_id = ?3 AND deleted = 0
             AND kind = 'text' ORDER BY ord",
            params![chat.as_str(), messages::ord_of(first.unwrap_or(0)), me.0],
            |r| r.text(0),
        )?;
        for id in own {
            if !present.contains(id.as_str())
                && let Some(id) = protocol::MessageId::new(id)
            {
                self.queue_post_again(s, chat, &id)?;
            }
        }
        Ok(())
    }

    /// Takes in members' marks.
    pub(crate) fn merge_receipts(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        marks: &[Receipt],
    ) -> Result<(), EngineError> {
        let mut grew = false;
        for mark in marks {
            grew |= receipts::merge(s.tx, chat, mark)?;
        }
        if grew {
            self.sum_receipts(s, chat)?;
        }
        Ok(())
    }

    fn sum_receipts(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        if receipts::sum_up(s.tx, chat, me)? {
            self.screen.dirty.chats.insert(chat.clone());
            self.screen.dirty.ticks.insert(chat.clone());
        }
        Ok(())
    }
}
