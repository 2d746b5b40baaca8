//! The person's own data: entries that all their devices share. Written here at once, sent when there is a connection;
//! the later of two devices wins, entry by entry.
//!
//! An entry waits → is asked → is kept by the server, unless it changed meanwhile: then it waits again. What comes from
//! other devices while an own change waits is only noted: most often the own change will be the later one, and if it was
//! the earlier one, its answer says so.

use std::collections::{BTreeMap, BTreeSet};

use protocol::encryption::PAST;
use protocol::frame::PutItem;
use protocol::poll::VOTE;
use protocol::{ChatId, Item, MessageId, ProtocolError, Request};
use sql::{Error, Tx, params};
use view::ChatSettings;
use view::kept::UI;
use view::notify::NOTIFY;

use crate::chats;
use crate::drafts;
use crate::emoji::EMOJI;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::keywords::Keywords;
use crate::news::chat_of;
use crate::polls::forget_lost_votes;
use crate::privacy::is_private;
use crate::reminders::is_reminder;
use crate::requests::Ask;
use crate::saved::SAVED;
use crate::scheduled::is_scheduled;
use crate::sealing::ARCHIVE;
use crate::step::Step;
use crate::threads::THREAD;

/// Most entries on their way at a time.
const ASKED_MAX: usize = 16;
/// A refused entry is tried again after this time.
const AGAIN_MS: u32 = 5_000;
/// Entries about a chat: `chat:ID`.
const CHAT: &str = "chat:";
/// What the composer of a chat holds: `draft:ID`.
pub(crate) const DRAFT: &str = "draft:";

/// Which entries wait: a cache of the rows.
#[derive(Default)]
pub(crate) struct Items {
    waiting: BTreeSet<String>,
    /// What was asked on this connection, and which change of it.
    asked: BTreeMap<String, i64>,
    paused: bool,
}

impl Items {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, Error> {
        let waiting = tx.rows("SELECT key FROM items WHERE waiting = 1", &[], |r| r.text(0))?;
        Ok(Self { waiting: waiting.into_iter().collect(), ..Self::default() })
    }

    /// The connection is gone: what was asked waits again.
    pub(crate) fn disconnect(&mut self) {
        self.asked.clear();
        self.paused = false;
    }
}

/// The value of an entry; `None` when there is none.
pub(crate) fn value(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, Error> {
    Ok(tx.row("SELECT value FROM items WHERE key = ?1", params![key], |r| r.opt_text(0))?.flatten())
}

/// A chat's settings from an entry; what cannot be read is none.
fn settings(value: Option<&str>) -> ChatSettings {
    value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

impl Engine {
    /// Changes an entry; `None` takes it away. The other devices learn of it.
    pub(crate) fn put_item(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        value: Option<String>,
    ) -> Result<(), EngineError> {
        let changed = s.tx.execute(
            "INSERT INTO items (key, value, rev, change, waiting, seen_value, seen_rev) VALUES (?1, ?2, 0, 1, 1, NULL, 0)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, change = items.change + 1, waiting = 1
             WHERE items.value IS NOT excluded.value",
            params![key, value.as_deref()],
        )?;
        if changed > 0 {
            self.items.waiting.insert(key.to_owned());
            self.item_changed(s, key, value.as_deref(), true)?;
        }
        Ok(())
    }

    /// Sends what waits.
    pub(crate) fn send_items(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.is_entered() || self.items.paused || self.items.waiting.is_empty() {
            return Ok(());
        }
        let free = ASKED_MAX.saturating_sub(self.items.asked.len());
        let asked = &self.items.asked;
        let turns: Vec<String> =
            self.items.waiting.iter().filter(|key| !asked.contains_key(*key)).take(free).cloned().collect();
        for key in turns {
            let row = s.tx.row("SELECT value, change FROM items WHERE key = ?1", params![key], |r| {
                Ok((r.opt_text(0)?, r.int(1)?))
            })?;
            let Some((value, change)) = row else {
                self.items.waiting.remove(&key);
                continue;
            };
            self.items.asked.insert(key.clone(), change);
            let ask = Ask::Item { key: key.clone() };
            self.requests.ask(s, ask, None, Request::PutItem(PutItem { key, value }));
        }
        Ok(())
    }

    /// `item_state`: the server keeps the entry as it was when it was asked. What another device changed after that may
    /// have come before this answer.
    pub(crate) fn item_kept(&mut self, s: &mut Step<'_, '_>, item: &Item) -> Result<(), EngineError> {
        let Some(change) = self.items.asked.remove(&item.key) else { return Ok(()) };
        let settled = s.tx.row(
            "UPDATE items SET waiting = 0, rev = ?3 WHERE key = ?1 AND change = ?2 RETURNING seen_value, seen_rev",
            params![item.key, change, item.rev],
            |r| Ok(Item { key: item.key.clone(), value: r.opt_text(0)?, rev: r.count(1)? }),
        )?;
        match settled {
            Some(seen) => {
                self.items.waiting.remove(&item.key);
                self.screen.dirty.scheduled |= is_scheduled(&item.key);
                self.screen.dirty.reminders |= is_reminder(&item.key);
                self.item_came(s, &seen)
            }
            None => Ok(()),
        }
    }

    pub(crate) fn item_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        self.items.asked.remove(key);
        if error.code.is_retryable() {
            self.items.paused = true;
            s.set_timer(Timer::Items, error.retry_after_ms.unwrap_or(0).max(AGAIN_MS));
            return Ok(());
        }
        // It stays this device's own.
        s.tx.execute("UPDATE items SET waiting = 0 WHERE key = ?1", params![key])?;
        self.items.waiting.remove(key);
        if is_scheduled(key) { self.scheduled_refused(s, key, error.code) } else { Ok(()) }
    }

    pub(crate) fn items_timer(&mut self) {
        self.items.paused = false;
    }

    /// An entry as the server has it.
    pub(crate) fn item_came(&mut self, s: &mut Step<'_, '_>, item: &Item) -> Result<(), EngineError> {
        let before = s.tx.row("SELECT value, rev, waiting FROM items WHERE key = ?1", params![item.key], |r| {
            Ok((r.opt_text(0)?, r.count(1)?, r.flag(2)?))
        })?;
        if before.as_ref().is_some_and(|(_, rev, _)| *rev >= item.rev) {
            return Ok(());
        }
        if before.as_ref().is_some_and(|(.., waiting)| *waiting) {
            s.tx.execute(
                "UPDATE items SET seen_value = ?2, seen_rev = ?3 WHERE key = ?1 AND seen_rev < ?3",
                params![item.key, item.value.as_deref(), item.rev],
            )?;
            return Ok(());
        }
        s.tx.execute(
            "INSERT INTO items (key, value, rev, change, waiting, seen_value, seen_rev)
             VALUES (?1, ?2, ?3, 0, 0, NULL, 0)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, rev = excluded.rev",
            params![item.key, item.value.as_deref(), item.rev],
        )?;
        if before.as_ref().is_none_or(|(value, ..)| *value != item.value) {
            self.item_changed(s, &item.key, item.value.as_deref(), false)?;
        }
        if is_reminder(&item.key) {
            let before = before.and_then(|(value, ..)| value);
            self.reminder_came(s, &item.key, before.as_deref(), item.value.as_deref())?;
        }
        Ok(())
    }

    /// A snapshot of the person's scope begins: entries that it does not hold were lost with the server's newest data
    /// and are offered again ([`Engine::end_items`]).
    pub(crate) fn begin_items(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        s.tx.execute("UPDATE items SET rev = 0, seen_rev = 0", &[])?;
        Ok(())
    }

    /// Ends what [`Engine::begin_items`] began.
    pub(crate) fn end_items(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        forget_lost_votes(s)?;
        let lost = s.tx.rows(
            "UPDATE items SET waiting = 1, change = change + 1 WHERE rev = 0 AND waiting = 0 AND value IS NOT NULL
             RETURNING key",
            &[],
            |r| r.text(0),
        )?;
        self.items.waiting.extend(lost);
        Ok(())
    }

    /// The person keeps a chat in another way.
    pub(crate) fn set_chat_settings(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        settings: &ChatSettings,
    ) -> Result<(), EngineError> {
        let value = if *settings == ChatSettings::default() { None } else { Some(serde_json::to_string(settings)?) };
        self.put_item(s, &format!("{CHAT}{chat}"), value)
    }

    /// A chat came whose entries may have come before it.
    pub(crate) fn give_items(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        if let Some(kept) = value(s.tx, &format!("{CHAT}{chat}"))? {
            chats::keep_settings(s.tx, chat, &settings(Some(&kept)))?;
        }
        if let Some(kept) = value(s.tx, &format!("{DRAFT}{chat}"))? {
            let kept = self.open_own(s, &format!("{DRAFT}{chat}"), &kept)?;
            drafts::keep(s.tx, chat, &drafts::read(kept.as_deref()))?;
        }
        Ok(())
    }

    /// What an entry means on this device.
    fn item_changed(
        &mut self,
        s: &mut Step<'_, '_>,
        key: &str,
        value: Option<&str>,
        own: bool,
    ) -> Result<(), EngineError> {
        if let Some(chat) = key.strip_prefix(CHAT).and_then(ChatId::new) {
            chats::keep_settings(s.tx, &chat, &settings(value))?;
            self.screen.dirty.chats.insert(chat);
        } else if let Some(chat) = key.strip_prefix(DRAFT).and_then(ChatId::new) {
            if !own {
                // What is being typed here stays: the composer is told when the chat is opened next.
                let value = match value {
                    Some(value) => self.open_own(s, key, value)?,
                    None => None,
                };
                drafts::keep(s.tx, &chat, &drafts::read(value.as_deref()))?;
            }
            self.screen.dirty.chats.insert(chat);
        } else if let Some(root) = key.strip_prefix(THREAD).and_then(MessageId::new) {
            self.thread_read_elsewhere(s, &root, value)?;
        } else if key == EMOJI {
            if !own {
                self.emoji_changed(s, value);
            }
        } else if key.starts_with(UI) {
            if key == NOTIFY {
                self.keywords = Keywords::of(value);
            }
            if !own {
                self.kept_elsewhere(s, key, value);
            }
        } else if let Some(id) = key.strip_prefix(SAVED) {
            self.saved_changed(s, id)?;
        } else if let Some(poll) = key.strip_prefix(VOTE) {
            self.vote_came(s, poll, value)?;
        } else if let Some(chat) = chat_of(key) {
            self.inbox_read(s, chat, value)?;
        } else if is_private(key) {
            self.private_changed(s, key, value)?;
        } else if key.starts_with(ARCHIVE) {
            if let Some(value) = value.filter(|_| !own) {
                self.archive_came(s, key, value)?;
            }
        } else if key.starts_with(PAST) {
            if let Some(value) = value.filter(|_| !own) {
                self.past_came(s, key, value)?;
            }
        } else if is_scheduled(key) {
            if !own {
                self.scheduled_came(s, key, value)?;
            }
            self.screen.dirty.scheduled = true;
        } else if is_reminder(key) {
            self.screen.dirty.reminders = true;
        }
        Ok(())
    }
}
