//! What was said in an encrypted group before somebody came, for them to read: handed over by the device on which this person
//! let them in, and by no other, whatever the server says. Both sides have the key from the epoch in which the newcomer's
//! first device entered; the server keeps the entries until they are read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::Key;
use crypto::mls::Group;
use protocol::encryption::PAST;
use protocol::frame::HandPast;
use protocol::{ChatId, ChatKind, ProtocolError, Request, UserId};
use sql::{Tx, params};

use super::Standing;
use super::archive::{Archived, PLACES, next_entries};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::requests::Ask;
use crate::step::Step;
use crate::{chats, members};

const LABEL: &str = "hybrid-messenger past 1";
/// Most newcomers that are served at a time.
const HANDED_MAX: usize = 4;
/// Parts of a chat without anything to hand over that one step passes.
const PASSED_AT_ONCE: u32 = 64;
/// A refused part is tried again after this time.
const AGAIN_MS: u32 = 5_000;
/// Keys of a chat that are kept: a device that was let in again may still be handed what was meant for it before.
const KEYS_MAX: u32 = 3;

/// What is handed over on this connection.
#[derive(Default)]
pub(super) struct Past {
    /// Somebody is to be served.
    some: bool,
    under_way: std::collections::BTreeSet<(ChatId, UserId)>,
    paused: bool,
    /// What others handed over is being taken in: the entries after this one.
    from: Option<String>,
}

/// A newcomer who is to be served, and how far that is.
struct Due {
    chat: ChatId,
    user: UserId,
    generation: u32,
    epoch: u64,
    key: Key,
    number: u64,
    part: u32,
}

impl Past {
    pub(super) fn load(tx: &mut Tx<'_>) -> Result<Self, sql::Error> {
        let some = tx.row("SELECT 1 FROM past_due WHERE secret IS NOT NULL LIMIT 1", &[], |r| r.int(0))?.is_some();
        Ok(Self { some, from: Some(PAST.to_owned()), ..Self::default() })
    }

    pub(super) fn disconnect(&mut self) {
        self.under_way.clear();
        self.paused = false;
    }
}

fn rest_of_key(generation: u32, epoch: u64, number: u64, part: u32) -> String {
    match part {
        0 => format!("{generation}.{epoch}:{number:08}"),
        part => format!("{generation}.{epoch}:{number:08}.{part}"),
    }
}

/// Chat, generation, epoch and number of an entry's key.
fn read_key(key: &str) -> Option<(ChatId, u32, u64, u64)> {
    let (rest, number) = key.strip_prefix(PAST)?.rsplit_once(':')?;
    let (chat, of) = rest.rsplit_once(':')?;
    let (generation, epoch) = of.split_once('.')?;
    let number = number.split('.').next()?.parse().ok()?;
    Some((ChatId::new(chat)?, generation.parse().ok()?, epoch.parse().ok()?, number))
}

fn secret(bytes: Vec<u8>) -> Result<Key, sql::Error> {
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| sql::Error::Bug("a secret is no key".to_owned()))?;
    Ok(Key::from_bytes(bytes))
}

/// This person lets somebody into a chat, and the chat's newcomers are to know what was said before.
pub(crate) fn is_wanted(tx: &mut Tx<'_>, chat: &ChatId, user: UserId) -> Result<(), EngineError> {
    let wants =
        chats::get(tx, chat)?.is_some_and(|info| info.kind == ChatKind::Group && info.encrypted && info.rights.past);
    if wants {
        tx.execute(
            "INSERT INTO past_due (chat_id, user_id) VALUES (?1, ?2) ON CONFLICT (chat_id, user_id) DO UPDATE SET secret = NULL",
            params![chat.as_str(), user.0],
        )?;
    }
    Ok(())
}

/// It came to nothing.
pub(crate) fn is_unwanted(tx: &mut Tx<'_>, chat: &ChatId, user: UserId) -> Result<(), EngineError> {
    tx.execute("DELETE FROM past_due WHERE chat_id = ?1 AND user_id = ?2", params![chat.as_str(), user.0])?;
    Ok(())
}

impl Engine {
    /// A commit let a device of this person in, and began the epoch that the group is in now.
    pub(super) fn newcomer_entered(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        generation: u32,
        group: &Group,
        user: UserId,
    ) -> Result<(), EngineError> {
        let waits = s.tx.row(
            "SELECT 1 FROM past_due WHERE chat_id = ?1 AND user_id = ?2 AND secret IS NULL",
            params![chat.as_str(), user.0],
            |r| r.int(0),
        )?;
        if waits.is_none() {
            return Ok(());
        }
        let Ok(key) = group.export_key(&mut s.crypto(), LABEL, chat.as_str().as_bytes()) else { return Ok(()) };
        let last = chats::get(s.tx, chat)?.map_or(0, |info| info.last_seq / PLACES);
        s.tx.execute(
            "UPDATE past_due SET secret = ?3, generation = ?4, epoch = ?5, number = ?6, part = 0 WHERE chat_id = ?1 AND user_id = ?2",
            params![chat.as_str(), user.0, *key.bytes(), generation, group.epoch(), last],
        )?;
        self.sealing.past.some = true;
        Ok(())
    }

    /// This device was let into a group: whoever let it in may hand over what was said before.
    pub(super) fn entered_as_newcomer(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        generation: u32,
        group: &Group,
    ) -> Result<(), EngineError> {
        if chat.private_members().is_some() {
            return Ok(());
        }
        let Ok(key) = group.export_key(&mut s.crypto(), LABEL, chat.as_str().as_bytes()) else { return Ok(()) };
        s.tx.execute(
            "INSERT INTO past_keys (chat_id, generation, epoch, secret) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (chat_id, generation, epoch) DO UPDATE SET secret = excluded.secret",
            params![chat.as_str(), generation, group.epoch(), *key.bytes()],
        )?;
        let newest = s.tx.rows(
            "SELECT generation, epoch FROM past_keys WHERE chat_id = ?1 ORDER BY generation DESC, epoch DESC LIMIT ?2",
            params![chat.as_str(), KEYS_MAX],
            |r| Ok((r.int(0)?, r.int(1)?)),
        )?;
        if let Some((generation, epoch)) = newest.get(KEYS_MAX as usize - 1) {
            s.tx.execute(
                "DELETE FROM past_keys WHERE chat_id = ?1 AND (generation < ?2 OR (generation = ?2 AND epoch < ?3))",
                params![chat.as_str(), *generation, *epoch],
            )?;
        }
        self.sealing.past.from = Some(PAST.to_owned());
        Ok(())
    }

    /// Serves those who wait, the newest first.
    pub(super) fn hand_past(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let past = &self.sealing.past;
        if !past.some || past.paused || !self.is_entered() || self.sealing.standing != Standing::Ready {
            return Ok(());
        }
        let rows = s.tx.rows(
            "SELECT chat_id, user_id, generation, epoch, secret, number, part FROM past_due WHERE secret IS NOT NULL
             ORDER BY chat_id, user_id",
            &[],
            |r| {
                let generation = u32::try_from(r.int(2)?).unwrap_or(0);
                let part = u32::try_from(r.int(6)?).unwrap_or(0);
                Ok((r.text(0)?, UserId(r.int(1)?), generation, r.count(3)?, r.blob(4)?, r.count(5)?, part))
            },
        )?;
        self.sealing.past.some = !rows.is_empty();
        for (chat, user, generation, epoch, key, number, part) in rows {
            let Some(chat) = ChatId::new(chat) else { continue };
            if self.sealing.past.under_way.len() >= HANDED_MAX {
                break;
            }
            if !self.sealing.past.under_way.contains(&(chat.clone(), user)) {
                self.hand_next(s, Due { chat, user, generation, epoch, key: secret(key)?, number, part })?;
            }
        }
        Ok(())
    }

    fn hand_next(&mut self, s: &mut Step<'_, '_>, mut due: Due) -> Result<(), EngineError> {
        let may = chats::get(s.tx, &due.chat)?
            .is_some_and(|info| info.rights.past && info.person_may(info.rights.invite_from(info.kind)));
        if !may || !members::is_in(s.tx, &due.chat, due.user)? {
            return is_unwanted(s.tx, &due.chat, due.user);
        }
        for _ in 0..PASSED_AT_ONCE {
            let parts = self.parts(s, &due.chat, due.number)?;
            if let Some(text) = parts.get(due.part as usize) {
                let rest = rest_of_key(due.generation, due.epoch, due.number, due.part);
                let about = format!("{PAST}{}:{rest}", due.chat);
                let value = URL_SAFE_NO_PAD.encode(due.key.seal_same(&about, text.as_bytes()));
                let ask = Ask::Past { chat: due.chat.clone(), user: due.user };
                let request = HandPast { chat_id: due.chat.clone(), user_id: due.user, key: rest, value };
                let local_id = s.local_id();
                self.requests.ask(s, ask, Some(local_id), Request::HandPast(request));
                keep_place(s.tx, &due)?;
                self.sealing.past.under_way.insert((due.chat, due.user));
                return Ok(());
            }
            match due.number.checked_sub(1) {
                Some(number) => (due.number, due.part) = (number, 0),
                None => return is_unwanted(s.tx, &due.chat, due.user),
            }
        }
        keep_place(s.tx, &due)?;
        s.set_timer(Timer::Sealed, 1);
        Ok(())
    }

    /// The server has a part: the next one.
    pub(crate) fn past_handed(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, user: UserId) -> Result<(), EngineError> {
        self.sealing.past.under_way.remove(&(chat.clone(), user));
        s.tx.execute(
            "UPDATE past_due SET part = part + 1 WHERE chat_id = ?1 AND user_id = ?2",
            params![chat.as_str(), user.0],
        )?;
        Ok(())
    }

    pub(crate) fn past_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        (chat, user): (&ChatId, UserId),
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        self.sealing.past.under_way.remove(&(chat.clone(), user));
        if error.code.is_retryable() {
            self.sealing.past.paused = true;
            s.set_timer(Timer::Past, error.retry_after_ms.unwrap_or(0).max(AGAIN_MS));
            return Ok(());
        }
        is_unwanted(s.tx, chat, user)
    }

    pub(crate) fn past_timer(&mut self) {
        self.sealing.past.paused = false;
    }

    /// An entry that another member wrote: taken in, kept in the own archive, and not needed any more. One for which this
    /// device has no key is for another one of this person.
    pub(crate) fn past_came(&mut self, s: &mut Step<'_, '_>, key: &str, value: &str) -> Result<(), EngineError> {
        let Some((chat, generation, epoch, number)) = read_key(key) else { return Ok(()) };
        let found = s.tx.row(
            "SELECT secret FROM past_keys WHERE chat_id = ?1 AND generation = ?2 AND epoch = ?3",
            params![chat.as_str(), generation, epoch],
            |r| r.blob(0),
        )?;
        let (Some(found), Some(seq)) = (found, number.checked_mul(PLACES)) else { return Ok(()) };
        let opened = URL_SAFE_NO_PAD.decode(value).ok().and_then(|sealed| secret(found).ok()?.open(key, &sealed));
        if let Some(said) = opened.and_then(|bytes| serde_json::from_slice::<Vec<Archived>>(&bytes).ok()) {
            self.take_archived(s, &chat, said)?;
            self.archive_soon(s, &chat, seq.saturating_add(1))?;
        }
        self.put_item(s, key, None)
    }

    /// What came before this device had the key, a little at a time.
    pub(super) fn take_in_past(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(from) = self.sealing.past.from.clone().filter(|_| self.sealing.standing == Standing::Ready) else {
            return Ok(());
        };
        let entries = next_entries(s.tx, &from, "past;")?;
        self.sealing.past.from = entries.last().map(|(key, _)| key.clone());
        for (key, value) in &entries {
            self.past_came(s, key, value)?;
        }
        if self.sealing.past.from.is_some() {
            s.set_timer(Timer::Sealed, 1);
        }
        Ok(())
    }
}

fn keep_place(tx: &mut Tx<'_>, due: &Due) -> Result<(), EngineError> {
    tx.execute(
        "UPDATE past_due SET number = ?3, part = ?4 WHERE chat_id = ?1 AND user_id = ?2",
        params![due.chat.as_str(), due.user.0, due.number, due.part],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_key_of_an_entry_says_what_it_is_a_part_of() {
        let chat = ChatId::new("01900000-0000-7000-8000-000000000001").unwrap();
        for part in [0, 3] {
            let key = format!("{PAST}{chat}:{}", rest_of_key(2, 7, 12, part));
            assert_eq!(read_key(&key), Some((chat.clone(), 2, 7, 12)));
        }
        for junk in ["", "past:", "past:a:1:2", "past:a:1.x:2", "past:a:1.2:", "archive:a:1.2:3", "past::1.2:3"] {
            assert_eq!(read_key(junk), None, "{junk}");
        }
    }
}
