//! What was said in encrypted chats, kept for the person's further devices: entries of own data that the server cannot read.
//! A device that is confirmed later, by another one or by the recovery key, finds in them what it could never open.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::limits::ITEM_VALUE_BYTES_MAX;
use protocol::{ChatId, MessageId, Poll, UserId};
use serde::{Deserialize, Serialize};
use sql::{Tx, params};
use std::collections::{BTreeMap, BTreeSet};

use super::content::Inside;
use super::votes::{self, Vote};
use super::{Standing, rows};
use crate::chats;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::items;
use crate::messages;
use crate::step::Step;

/// Entries: `archive:CHAT_ID:NUMBER`, each of the messages of so many places; what does not fit goes on in `NUMBER.1`, `NUMBER.2`.
pub(crate) const ARCHIVE: &str = "archive:";
pub(super) const PLACES: u64 = 32;
/// What was opened is archived this long after it, so that a conversation is one entry and not one for each message.
const ARCHIVE_MS: u32 = 20_000;
/// Entries that one step takes in.
const TAKEN_AT_ONCE: u32 = 20;
/// So much of JSON makes an entry as large as one can be, in bytes: it grows by a third, and by what seals it.
const ENTRY_BYTES_MAX: usize = ITEM_VALUE_BYTES_MAX / 4 * 3 - 64;
/// Most entries of the same places: albums of ten files, each of them as long-winded as can be.
const PARTS_MAX: u32 = 32;
/// A text of so many characters is not longer than that.
const TEXT_CHARS_SURE: i64 = 2 * 1024;

/// A message as it is archived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Archived {
    id: MessageId,
    /// By what seal the content is known, base64.
    cipher: String,
    inside: Inside,
    /// Of one that asks: whose vote, its revision, what they chose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    votes: Vec<(UserId, u64, Vec<u32>)>,
}

fn key_of(chat: &ChatId, number: u64, part: u32) -> String {
    match part {
        0 => format!("{ARCHIVE}{chat}:{number:08}"),
        part => format!("{ARCHIVE}{chat}:{number:08}.{part}"),
    }
}

fn chat_of(key: &str) -> Option<ChatId> {
    ChatId::new(key.strip_prefix(ARCHIVE)?.rsplit_once(':')?.0)
}

/// Which parts are to be written: a cache of the rows.
pub(super) fn due(tx: &mut Tx<'_>) -> Result<BTreeSet<(ChatId, u64)>, EngineError> {
    let rows = tx.rows("SELECT chat_id, number FROM archive_due", &[], |r| Ok((r.text(0)?, r.count(1)?)))?;
    Ok(rows.into_iter().filter_map(|(chat, number)| Some((ChatId::new(chat)?, number))).collect())
}

fn number_of(key: &str) -> Option<u64> {
    key.rsplit_once(':')?.1.split('.').next()?.parse().ok()
}

/// As it stands in an entry, without its preview where that makes it too long; `None` for what fits into none.
fn fitting(mut archived: Archived) -> Result<Option<String>, EngineError> {
    let json = serde_json::to_string(&archived)?;
    if json.len() + 2 <= ENTRY_BYTES_MAX {
        return Ok(Some(json));
    }
    match archived.inside.preview.take() {
        Some(_) => fitting(archived),
        None => Ok(None),
    }
}

/// Cut into entries, the same on each device. What fits into none is left out.
fn parts_of(all: impl Iterator<Item = Archived>) -> Result<Vec<String>, EngineError> {
    let mut parts = Vec::<String>::new();
    for archived in all {
        let Some(json) = fitting(archived)? else { continue };
        match parts.last_mut().filter(|part| part.len() + json.len() + 2 <= ENTRY_BYTES_MAX) {
            Some(part) => *part = format!("{part},{json}"),
            None => parts.push(format!("[{json}")),
        }
    }
    parts.truncate(PARTS_MAX as usize);
    parts.iter_mut().for_each(|part| part.push(']'));
    Ok(parts)
}

impl Engine {
    /// A message of an encrypted chat says something, or nothing any more.
    pub(crate) fn archive_soon(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, seq: u64) -> Result<(), EngineError> {
        if self.sealing.server && seq > 0 && self.sealing.to_archive.insert((chat.clone(), seq / PLACES)) {
            s.tx.execute(
                "INSERT INTO archive_due (chat_id, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![chat.as_str(), seq / PLACES],
            )?;
            s.set_timer(Timer::Archive, ARCHIVE_MS);
        }
        Ok(())
    }

    /// What was opened before the process ended, or while this device was not confirmed, is still to be archived.
    pub(super) fn archive_on(&mut self, s: &mut Step<'_, '_>) {
        if !self.sealing.to_archive.is_empty() {
            s.set_timer(Timer::Archive, ARCHIVE_MS);
        }
    }

    /// Writes what changed. Another device of the person that was faster has written just the same.
    pub(crate) fn archive_timer(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if self.sealing.standing != Standing::Ready {
            return Ok(());
        }
        for (chat, number) in std::mem::take(&mut self.sealing.to_archive) {
            self.archive(s, &chat, number)?;
            s.tx.execute("DELETE FROM archive_due WHERE chat_id = ?1 AND number = ?2", params![chat.as_str(), number])?;
        }
        Ok(())
    }

    /// What this person knows of these places, cut into entries.
    pub(super) fn parts(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        number: u64,
    ) -> Result<Vec<String>, EngineError> {
        // What this device never could open stays as another one has written it.
        let mut kept = BTreeMap::new();
        for known in self.archived_of(s, chat, number)? {
            kept.insert(known.id.clone(), known);
        }
        let (low, high) = (number * PLACES, number * PLACES + PLACES - 1);
        let here = s.tx.rows(
            "SELECT id, deleted = 1 OR expires_ms IS NOT NULL FROM messages WHERE chat_id = ?1 AND ord BETWEEN ?2 AND ?3",
            params![chat.as_str(), messages::ord_of(low), messages::ord_of(high)],
            |r| Ok((r.text(0)?, r.flag(1)?)),
        )?;
        for (id, goes) in here {
            let Some(id) = MessageId::new(id) else { continue };
            // What goes by itself is kept nowhere else.
            if goes {
                kept.remove(&id);
            } else if let Some((cipher, inside)) = messages::sealed_as(s.tx, chat, &id)? {
                let cipher = URL_SAFE_NO_PAD.encode(cipher);
                let votes = match asked(&inside) {
                    Some(poll) => votes::counted(s.tx, chat, &id, &inside.text, &poll)?,
                    None => Vec::new(),
                };
                let votes = votes.into_iter().map(|vote| (vote.user, vote.rev, vote.options)).collect();
                // A picture would take the place of twenty messages.
                let mut inside = inside;
                if let Some(preview) = &mut inside.preview {
                    preview.picture = None;
                }
                kept.insert(id.clone(), Archived { id, cipher, inside, votes });
            }
        }
        parts_of(kept.into_values())
    }

    fn archive(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, number: u64) -> Result<(), EngineError> {
        let parts = self.parts(s, chat, number)?;
        for part in 0..PARTS_MAX {
            let key = key_of(chat, number, part);
            let before = items::value(s.tx, &key)?;
            let Some(text) = parts.get(part as usize) else {
                match before {
                    Some(_) => self.put_item(s, &key, None)?,
                    None => break,
                }
                continue;
            };
            match self.seal_own_same(s, &key, text)? {
                Some(sealed) if before.as_ref() != Some(&sealed) => self.put_item(s, &key, Some(sealed))?,
                Some(_) => {}
                None => break,
            }
        }
        Ok(())
    }

    /// What all entries of these places hold.
    fn archived_of(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, number: u64) -> Result<Vec<Archived>, EngineError> {
        let mut all = Vec::new();
        for part in 0..PARTS_MAX {
            let key = key_of(chat, number, part);
            match items::value(s.tx, &key)? {
                Some(value) => all.extend(self.archived(s, &key, &value)?),
                None if part > 0 => break,
                None => {}
            }
        }
        Ok(all)
    }

    fn archived(&mut self, s: &mut Step<'_, '_>, key: &str, value: &str) -> Result<Vec<Archived>, EngineError> {
        let opened = self.open_own(s, key, value)?;
        Ok(opened.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// An entry came from another device.
    pub(crate) fn archive_came(&mut self, s: &mut Step<'_, '_>, key: &str, value: &str) -> Result<(), EngineError> {
        let (Some(chat), Some(number)) = (chat_of(key), number_of(key)) else { return Ok(()) };
        let archived = self.archived(s, key, value)?;
        let all = self.archived_of(s, &chat, number)?;
        if self.has_more_than(s, &chat, number, &all)? {
            // Both wrote, and the later one wins without what only this device could open.
            self.archive_soon(s, &chat, number * PLACES + 1)?;
        }
        self.take_archived(s, &chat, archived)
    }

    /// Takes in what is known by its seal.
    pub(super) fn take_archived(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        archived: Vec<Archived>,
    ) -> Result<(), EngineError> {
        for Archived { id, cipher, inside, votes } in archived {
            let cipher = URL_SAFE_NO_PAD.decode(cipher).ok().and_then(|cipher| <[u8; 32]>::try_from(cipher).ok());
            let Some(cipher) = cipher else { continue };
            if let Some(of) = asked(&inside).map(|poll| votes::asked_of(&inside.text, &poll)) {
                for (user, rev, options) in votes {
                    self.vote_archived(s, chat, &id, &Vote { user, rev, options }, &of)?;
                }
            }
            if messages::inside(s.tx, chat, &id, &cipher)?.is_some() {
                continue;
            }
            let stored = messages::get(s.tx, chat, &id)?;
            let everyone = stored.as_ref().and_then(|stored| stored.details.everyone);
            let calls = self.called_by(&inside, everyone, &[]);
            if let Some(called) = messages::put_opened(s.tx, chat, &id, &cipher, inside.clone(), calls)? {
                if called {
                    chats::recount(s.tx, chat)?;
                }
                self.screen.dirty_message(chat, &id);
                self.screen.dirty.chats.insert(chat.clone());
            } else if stored.is_none() {
                // Its row is not in the cache yet.
                rows::know(s.tx, &cipher, chat, &id, &inside)?;
            }
        }
        Ok(())
    }

    fn has_more_than(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        number: u64,
        archived: &[Archived],
    ) -> Result<bool, EngineError> {
        let opened = s.tx.rows(
            "SELECT id FROM messages WHERE chat_id = ?1 AND ord BETWEEN ?2 AND ?3 AND cipher IS NOT NULL AND sealed = 0 AND deleted = 0
             AND expires_ms IS NULL AND length(content) <= ?4",
            params![
                chat.as_str(),
                messages::ord_of(number * PLACES),
                messages::ord_of(number * PLACES + PLACES - 1),
                TEXT_CHARS_SURE
            ],
            |r| r.text(0),
        )?;
        if opened.iter().any(|id| archived.iter().all(|archived| archived.id.as_str() != id)) {
            return Ok(true);
        }
        let votes = s.tx.rows(
            "SELECT v.message_id, v.user_id, v.rev FROM messages m
             JOIN sealed_votes v ON v.chat_id = m.chat_id AND v.message_id = m.id AND v.choice IS NOT NULL
             WHERE m.chat_id = ?1 AND m.ord BETWEEN ?2 AND ?3 AND m.sealed = 0 AND m.deleted = 0 AND m.expires_ms IS NULL",
            params![
                chat.as_str(),
                messages::ord_of(number * PLACES),
                messages::ord_of(number * PLACES + PLACES - 1)
            ],
            |r| Ok((r.text(0)?, UserId(r.int(1)?), r.count(2)?)),
        )?;
        let is_there = |(id, user, rev): &(String, UserId, u64)| {
            let of = archived.iter().find(|archived| archived.id.as_str() == id);
            of.is_none_or(|of| of.votes.iter().any(|(who, at, _)| who == user && at >= rev))
        };
        Ok(!votes.iter().all(is_there))
    }

    /// This device was confirmed: what came as own data before that can be opened now, a little at a time.
    pub(super) fn take_in_archive(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some(from) = self.sealing.archive_from.clone().filter(|_| self.sealing.standing == Standing::Ready) else {
            return Ok(());
        };
        let entries = next_entries(s.tx, &from, "archive;")?;
        self.sealing.archive_from = entries.last().map(|(key, _)| key.clone());
        for (key, value) in &entries {
            self.archive_came(s, key, value)?;
        }
        if self.sealing.archive_from.is_some() {
            s.set_timer(Timer::Sealed, 1);
        }
        Ok(())
    }
}

/// The next entries of own data after a key and before another, as many as one step takes in.
pub(super) fn next_entries(tx: &mut Tx<'_>, after: &str, before: &str) -> Result<Vec<(String, String)>, sql::Error> {
    tx.rows(
        "SELECT key, value FROM items WHERE key > ?1 AND key < ?2 AND value IS NOT NULL ORDER BY key LIMIT ?3",
        params![after, before, TAKEN_AT_ONCE],
        |r| Ok((r.text(0)?, r.text(1)?)),
    )
}

/// What an archived message asks, as devices count it.
fn asked(inside: &Inside) -> Option<Poll> {
    inside.poll.as_deref().map(votes::asked_here)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sealing::previews::SealedPreview;

    #[test]
    fn a_long_message_is_archived_without_its_preview_rather_than_not_at_all() {
        let archived = |text: usize, words: usize| Archived {
            id: MessageId::new("m").unwrap(),
            cipher: String::new(),
            inside: Inside {
                text: "x".repeat(text),
                preview: Some(Box::new(SealedPreview { title: "y".repeat(words), ..SealedPreview::default() })),
                ..Inside::default()
            },
            votes: Vec::new(),
        };
        let parts = |archived| parts_of([archived].into_iter()).unwrap().join("");
        assert!(parts(archived(3_000, 900)).contains("yyy"));
        let long = parts(archived(ENTRY_BYTES_MAX - 500, 900));
        assert!(long.contains("xxx") && !long.contains("yyy"));
        assert_eq!(parts(archived(ENTRY_BYTES_MAX, 1)), "");
    }
}
