//! Questions that the cache answers: people, members, and rows for channels of the directory.

use std::collections::BTreeSet;

use protocol::frame::ListMembers;
use protocol::limits::DIRECTORY_PAGE_MAX;
use protocol::{Chat, ChatId, ChatKind, Member, PresenceStatus, Request, Role, Timestamp, UserId};
use view::{ChatRow, MemberRow, PersonRow};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::people::Person;
use crate::requests::Ask;
use crate::step::Step;
use crate::{chats, members, search};

/// Most pages of members that are fetched for one look at them.
const MEMBER_PAGES_MAX: u32 = 25;

impl Engine {
    pub(crate) fn person_row(&mut self, s: &mut Step<'_, '_>, id: UserId) -> Result<PersonRow, EngineError> {
        let person = self.people.get(s.tx, id)?;
        Ok(self.row_of(&person, s.now))
    }

    fn row_of(&self, person: &Person, now: i64) -> PersonRow {
        let (mut presence, mut last_seen) = self.presence.of(person.id);
        if Some(person.id) == self.me() && self.is_entered() {
            presence = self.presence.own.unwrap_or(PresenceStatus::Online);
        }
        if presence != PresenceStatus::Offline {
            last_seen = None;
        }
        // The server takes it back then; a device that is offline does not wait for that.
        let over = person.status_until.is_some_and(|until| until <= now);
        let said = |text: &str| if over { String::new() } else { text.to_owned() };
        PersonRow {
            id: person.id,
            username: person.username.clone(),
            name: person.name().to_owned(),
            bio: person.bio.clone(),
            avatar: self.avatars.of_person(Some(person.id) == self.me(), person.avatar.as_ref()),
            custom_status: said(&person.custom_status),
            status_emoji: said(&person.status_emoji),
            status_until: person.status_until.filter(|_| !over).map(Timestamp),
            email: person.email.clone(),
            phone: person.phone.clone(),
            blocked: self.own.has_blocked(person.id),
            seen_hidden: self.hides_presence() || self.presence.is_hidden(person.id),
            presence,
            last_seen,
            deactivated: person.deactivated,
        }
    }

    /// What to call someone; never empty.
    pub(crate) fn name_of(&mut self, s: &mut Step<'_, '_>, id: UserId) -> Result<String, EngineError> {
        Ok(self.people.get(s.tx, id)?.name().to_owned())
    }

    /// People who have every word of the query somewhere in their names, by name.
    pub(crate) fn find_people(&mut self, s: &mut Step<'_, '_>, query: &str) -> Result<Vec<PersonRow>, EngineError> {
        let words: Vec<String> = search::fold(query).split_whitespace().map(str::to_owned).collect();
        let mut found = Vec::new();
        for person in self.people.all(s.tx)? {
            let names = search::fold(&format!("{} {}", person.username, person.display_name));
            if words.iter().all(|word| names.contains(word)) {
                found.push(self.row_of(&person, s.now));
            }
        }
        found.sort_by_cached_key(|row| search::fold(&row.name));
        Ok(found)
    }

    /// The members of a chat; from now on their changes are told while it is open.
    pub(crate) fn ask_members(&mut self, s: &mut Step<'_, '_>, chat: ChatId) -> Result<Vec<MemberRow>, EngineError> {
        let rows = self.member_rows(s, &chat)?;
        // A snapshot of a large chat does not hold everyone.
        let all = chats::get(s.tx, &chat)?.map_or(0, |info| info.member_count);
        if u32::try_from(rows.len()).unwrap_or(u32::MAX) < all && self.is_entered() {
            self.ask_member_page(s, &chat, None, MEMBER_PAGES_MAX);
        }
        self.screen.members_of = Some(chat);
        Ok(rows)
    }

    fn ask_member_page(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, cursor: Option<String>, pages_left: u32) {
        let list = ListMembers { chat_id: chat.clone(), cursor, limit: Some(DIRECTORY_PAGE_MAX) };
        let ask = Ask::Members { chat: chat.clone(), pages_left };
        self.requests.ask(s, ask, None, Request::ListMembers(list));
    }

    /// A page of `members`; they are told when the last has come.
    pub(crate) fn members_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        pages_left: u32,
        page: &[Member],
        cursor: Option<String>,
    ) -> Result<(), EngineError> {
        for member in page {
            members::put(s.tx, chat, member)?;
        }
        match cursor {
            Some(cursor) if pages_left > 0 => self.ask_member_page(s, chat, Some(cursor), pages_left - 1),
            _ => self.screen.dirty.members = true,
        }
        Ok(())
    }

    pub(crate) fn member_rows(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<Vec<MemberRow>, EngineError> {
        let info = chats::get(s.tx, chat)?;
        let own = info.as_ref().and_then(|info| info.role);
        let private = info.is_some_and(|info| info.kind == ChatKind::Private);
        let me = self.me();
        let mut rows = Vec::new();
        for (id, role) in members::all(s.tx, chat)? {
            let may = own.is_some_and(|own| own >= Role::Admin && own > role);
            let person = self.person_row(s, id)?;
            rows.push(MemberRow { person, role, can_manage: may && !private && Some(id) != me });
        }
        rows.sort_by_cached_key(|row| (std::cmp::Reverse(row.role), search::fold(&row.person.name)));
        Ok(rows)
    }

    /// Rows for channels of the directory: those one is in as the list shows them.
    pub(crate) fn channel_rows(&mut self, s: &mut Step<'_, '_>, found: &[Chat]) -> Result<Vec<ChatRow>, EngineError> {
        let mut rows = Vec::new();
        let mut seen = BTreeSet::new();
        for chat in found {
            if !seen.insert(chat.id.clone()) {
                continue;
            }
            let known = chats::get(s.tx, &chat.id)?.filter(|info| info.listed && info.known);
            rows.push(match known {
                Some(info) => self.chat_row(s, &info)?,
                None => foreign_row(chat),
            });
        }
        Ok(rows)
    }
}

fn foreign_row(chat: &Chat) -> ChatRow {
    ChatRow {
        id: chat.id.clone(),
        kind: chat.chat_type,
        title: if chat.name.is_empty() { chat.id.to_string() } else { chat.name.clone() },
        description: chat.description.clone(),
        avatar: chat.avatar.clone(),
        person: None,
        role: None,
        public: chat.public,
        encrypted: chat.encrypted,
        waits: false,
        rights: chat.rights,
        may_post: false,
        may_invite: false,
        may_mention_everyone: false,
        disappear_after: None,
        may_set_timer: false,
        member_count: chat.member_count,
        join_requests: 0,
        last_text: String::new(),
        last_author: String::new(),
        last_own: false,
        last_note: None,
        last_delivery: None,
        last_at: None,
        last_seq: chat.last_seq,
        unread: 0,
        unread_mentions: 0,
        draft: String::new(),
        typing: Vec::new(),
        settings: view::ChatSettings::default(),
        archived: false,
    }
}
