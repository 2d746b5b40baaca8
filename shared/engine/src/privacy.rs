//! What the person lets others see, and whom they have blocked: own data that the server acts on too. When others were last there.

use std::collections::BTreeSet;

use protocol::frame::{AskLastSeen, Seen};
use protocol::limits::LAST_SEEN_MAX;
use protocol::privacy::{BLOCKED, Blocked, CONTACT, PRIVACY, blocked_key, blocked_user};
use protocol::{Audience, ChatId, Contact, ErrorCode, Privacy, Request, Timestamp, UserId};
use sql::{Error, Tx};
use view::update::ReplyBody;
use view::{Command, Failure, PersonRow, Update};

use crate::commands::{Answer, DONE};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::items;
use crate::requests::Ask;
use crate::step::Step;

/// What memory keeps of it.
#[derive(Default)]
pub(crate) struct Own {
    pub(crate) privacy: Privacy,
    blocked: BTreeSet<UserId>,
}

impl Own {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, Error> {
        let privacy = Privacy::read(items::value(tx, PRIVACY)?.as_deref());
        let keys = tx.rows(
            "SELECT key FROM items WHERE key > 'blocked:' AND key < 'blocked;' AND value IS NOT NULL",
            &[],
            |r| r.text(0),
        )?;
        Ok(Self { privacy, blocked: keys.iter().filter_map(|key| blocked_user(key)).collect() })
    }

    /// The person wants to hear nothing of this one.
    pub(crate) fn has_blocked(&self, user: UserId) -> bool {
        self.blocked.contains(&user)
    }
}

/// The entry is one of these.
pub(crate) fn is_private(key: &str) -> bool {
    key == PRIVACY || key == CONTACT || key.starts_with(BLOCKED)
}

impl Engine {
    /// Commands about what others see.
    pub(crate) fn guard(&mut self, s: &mut Step<'_, '_>, command: Command) -> Result<Answer, EngineError> {
        match command {
            Command::SetPrivacy { privacy } => {
                let value = (privacy != Privacy::default()).then(|| serde_json::to_string(&privacy)).transpose()?;
                self.put_item(s, PRIVACY, value)?;
            }
            Command::SetContact { contact } => {
                if !contact.is_good() {
                    return Ok(Answer::Failed(Failure::Refused { code: ErrorCode::InvalidField }));
                }
                let value = (contact != Contact::default()).then(|| serde_json::to_string(&contact)).transpose()?;
                self.put_item(s, CONTACT, value)?;
            }
            Command::Block { user_id, on } => {
                let blocked = Blocked { since: Timestamp(s.now) };
                let value = on.then(|| serde_json::to_string(&blocked)).transpose()?;
                if Some(user_id) != self.me() {
                    self.put_item(s, &blocked_key(user_id), value)?;
                }
            }
            Command::ListBlocked => {
                let mut people: Vec<PersonRow> = Vec::new();
                for user in self.own.blocked.clone() {
                    people.push(self.person_row(s, user)?);
                }
                return Ok(Answer::Now(ReplyBody::People { people }));
            }
            Command::WhenSeen { user_ids } => self.ask_last_seen(s, user_ids),
            _ => return Ok(Answer::Failed(Failure::NotHere)),
        }
        Ok(DONE)
    }

    /// An entry of these changed, here or elsewhere.
    pub(crate) fn private_changed(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), EngineError> {
        if let Some(user) = blocked_user(key) {
            let changed = if value.is_some() { self.own.blocked.insert(user) } else { self.own.blocked.remove(&user) };
            if changed {
                self.screen.dirty.people.insert(user);
                self.screen.dirty.names.insert(user);
            }
            return Ok(());
        }
        if key == PRIVACY {
            let before = std::mem::replace(&mut self.own.privacy, Privacy::read(value));
            if before.last_seen != self.own.privacy.last_seen {
                // The server tells anew, or no longer.
                self.presence_gone();
            }
        }
        self.show_privacy(s)
    }

    /// Tells the screen.
    pub(crate) fn show_privacy(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let contact = Contact::read(items::value(s.tx, CONTACT)?.as_deref());
        s.update(Update::Privacy { privacy: self.own.privacy.clone(), contact });
        Ok(())
    }

    /// Asks when people were last there who are not there now.
    pub(crate) fn ask_last_seen(&mut self, s: &mut Step<'_, '_>, mut user_ids: Vec<UserId>) {
        user_ids.retain(|user| self.presence.is_worth_asking(*user) && Some(*user) != self.me());
        user_ids.truncate(LAST_SEEN_MAX);
        if self.is_entered() && !user_ids.is_empty() {
            self.requests.ask(s, Ask::LastSeen, None, Request::LastSeen(AskLastSeen { user_ids }));
        }
    }

    /// A private chat was opened.
    pub(crate) fn ask_about_other(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) {
        if let Some(other) = self.other_of(chat) {
            self.ask_last_seen(s, vec![other]);
        }
    }

    pub(crate) fn last_seen_came(&mut self, people: &[Seen]) {
        for seen in people {
            if self.presence.last_seen_came(seen) {
                self.screen.dirty.people.insert(seen.user_id);
            }
        }
    }

    /// Oneself shows that one is typing.
    pub(crate) fn shows_typing(&self) -> bool {
        self.own.privacy.typing
    }

    /// Presence is hidden, so that of others is not told.
    pub(crate) fn hides_presence(&self) -> bool {
        self.own.privacy.last_seen == Audience::Nobody
    }
}
