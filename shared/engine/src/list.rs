//! The chat list: its rows and their order, newest activity first. A row is built from indexes alone, so that the list
//! of a cache of any size is there at once.

use protocol::{ChatId, ChatKind, MessageType, Role, Timestamp};
use view::{ChatRow, Delivery, SystemNote};

use crate::chats::ChatInfo;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, State, Stored};
use crate::notes;
use crate::outbox::overlay;
use crate::step::Step;

/// Longest line of text in a row, in characters.
const LINE_CHARS_MAX: usize = 120;

/// Where each chat stands: by activity, falling, then by id.
#[derive(Default)]
pub(crate) struct Order {
    places: Vec<(i64, ChatId)>,
}

impl Order {
    /// Puts a chat where it belongs; returns the index.
    pub(crate) fn place(&mut self, chat: &ChatId, activity: i64) -> usize {
        self.remove(chat);
        let index = self.places.partition_point(|(at, id)| *at > activity || (*at == activity && id < chat));
        self.places.insert(index, (activity, chat.clone()));
        index
    }

    /// Takes a chat out; `false` when it was not in.
    pub(crate) fn remove(&mut self, chat: &ChatId) -> bool {
        let at = self.places.iter().position(|(_, id)| id == chat);
        at.map(|at| self.places.remove(at)).is_some()
    }
}

/// Where pinned chats begin: above every moment.
const PINNED: i64 = 1 << 60;

/// What a chat is sorted by: when anything last happened in it; pinned ones above all others.
pub(crate) fn activity(row: &ChatRow, info: &ChatInfo) -> i64 {
    match info.settings.pinned_at {
        Some(at) => PINNED + at.0.clamp(0, PINNED - 1),
        None => row.last_at.map_or(info.created_at, |at| at.0),
    }
}

/// How far an own message has come.
pub(crate) fn delivery(message: &Stored, info: &ChatInfo) -> Delivery {
    match message.state {
        State::Queued => Delivery::Queued,
        State::Refused => Delivery::Failed,
        State::Accepted => Delivery::Sent,
        State::Settled if message.seq <= info.any_read => Delivery::Read,
        State::Settled if message.seq <= info.all_delivered => Delivery::Delivered,
        State::Settled => Delivery::Sent,
    }
}

impl Engine {
    /// What to call a chat; never empty.
    pub(crate) fn title(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo) -> Result<String, EngineError> {
        if let Some(other) = self.other_of(&info.id) {
            return self.name_of(s, other);
        }
        Ok(if info.name.is_empty() { info.id.to_string() } else { info.name.clone() })
    }

    /// The other person of a private chat; oneself for own notes.
    pub(crate) fn other_of(&self, chat: &ChatId) -> Option<protocol::UserId> {
        let (low, high) = chat.private_members()?;
        Some(if Some(low) == self.me() { high } else { low })
    }

    pub(crate) fn chat_row(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo) -> Result<ChatRow, EngineError> {
        let person = match self.other_of(&info.id) {
            Some(other) => Some(self.person_row(s, other)?),
            None => None,
        };
        let mut typing = Vec::new();
        for id in self.presence.typing(&info.id) {
            typing.push(self.name_of(s, id)?);
        }
        let blocked = person.as_ref().is_some_and(|person| person.blocked);
        let mut row = ChatRow {
            id: info.id.clone(),
            kind: info.kind,
            title: self.title(s, info)?,
            description: info.description.clone(),
            avatar: self.avatars.of_chat(&info.id, info.avatar.as_ref()),
            person,
            role: info.role,
            public: info.public,
            encrypted: self.seals(info),
            waits: self.sealing_waits_long(&info.id),
            rights: info.rights,
            may_post: info.person_may(info.rights.post_from()) && !blocked,
            may_mention_everyone: info.may_mention_everyone(),
            disappear_after: info.disappear_after,
            may_set_timer: match info.kind {
                ChatKind::Private => info.role.is_some(),
                ChatKind::Group | ChatKind::Channel => info.person_may(Role::Admin),
            },
            may_invite: info.kind != ChatKind::Private && info.person_may(info.rights.invite_from(info.kind)),
            member_count: info.member_count,
            join_requests: 0,
            last_text: String::new(),
            last_author: String::new(),
            last_own: false,
            last_note: None,
            last_delivery: None,
            last_at: None,
            last_seq: info.last_seq,
            unread: info.unread,
            unread_mentions: info.unread_mentions,
            draft: info.draft.clone(),
            typing,
            settings: info.settings.clone(),
            archived: info.is_archived(s.now),
        };
        if row.may_invite {
            row.join_requests = info.join_requests;
        }
        if let (Some(last), Some(me)) = (messages::last(s.tx, &info.id)?, self.me()) {
            let last = overlay::load(s.tx, &info.id)?.over(last, me);
            self.put_last(s, &mut row, info, &last)?;
        }
        Ok(row)
    }

    fn put_last(
        &mut self,
        s: &mut Step<'_, '_>,
        row: &mut ChatRow,
        info: &ChatInfo,
        last: &Stored,
    ) -> Result<(), EngineError> {
        row.last_at = Some(Timestamp(last.at));
        row.last_own = Some(last.sender) == self.me();
        if last.kind == MessageType::System {
            row.last_note = Some(self.note(s, &last.content)?);
            return Ok(());
        }
        if row.last_own {
            row.last_delivery = Some(delivery(last, info));
        }
        if info.kind != ChatKind::Private {
            row.last_author = self.name_of(s, last.sender)?;
        }
        if !last.deleted && last.kind == MessageType::Text {
            row.last_text = last.line(LINE_CHARS_MAX);
        }
        Ok(())
    }

    /// A system note with names.
    pub(crate) fn note(&mut self, s: &mut Step<'_, '_>, content: &str) -> Result<SystemNote, EngineError> {
        let mut failed = None;
        let note = notes::read(content, |id| match self.name_of(s, id) {
            Ok(name) => name,
            Err(e) => {
                failed = Some(e);
                String::new()
            }
        });
        failed.map_or(Ok(note), Err)
    }
}
