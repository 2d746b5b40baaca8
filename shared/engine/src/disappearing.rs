//! Messages that go by themselves. Each device lets them go at their time, also offline; the server does so for everyone. What goes
//! leaves the cache whole: of it, only that it was there is kept, for those that quote it.
//!
//! Moments are the server's. How far this device's clock is from the server's is noted at each greeting, so that a clock that is
//! wrong by a day takes nothing away a day early.

use protocol::{ChatId, Message, MessageId, Timestamp};
use sql::{Error, Tx, params};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::messages::{self, State};
use crate::step::Step;
use crate::{chats, screen};

/// Clocks that differ by less are taken for equal: an answer takes its time.
const SAME_MS: i64 = 3_000;
/// Longest wait before looking again: a device that slept finds what went meanwhile.
const LOOK_MS: i64 = 60_000;

/// What memory keeps of them.
#[derive(Default)]
pub(crate) struct Going {
    /// This device's clock minus the server's.
    ahead: i64,
    /// When the next goes, by the server's clock.
    next: Option<i64>,
    /// For what the timer is set.
    armed: Option<i64>,
}

impl Going {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, Error> {
        let ahead = tx.row("SELECT ahead_ms FROM clock WHERE one = 1", &[], |r| r.int(0))?;
        Ok(Self { ahead: ahead.unwrap_or(0), next: next(tx)?, armed: None })
    }

    /// The message is past its time, though the server has not said so yet.
    pub(crate) fn is_over(&self, message: &Message, now: i64) -> bool {
        message.expires_at.is_some_and(|at| at.0 <= now.saturating_sub(self.ahead))
    }

    /// There is a message that goes at a moment.
    pub(crate) fn note(&mut self, at: i64) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}

/// The server says that the message went by itself.
pub(crate) fn has_gone(message: &Message) -> bool {
    message.deleted_at.is_some() && message.expires_at.is_some()
}

/// It was there, and went by itself.
pub(crate) fn was_there(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<bool, Error> {
    let found =
        tx.row("SELECT 1 FROM gone WHERE chat_id = ?1 AND id = ?2", params![chat.as_str(), id.as_str()], |r| r.int(0))?;
    Ok(found.is_some())
}

fn next(tx: &mut Tx<'_>) -> Result<Option<i64>, Error> {
    tx.row("SELECT expires_ms FROM messages WHERE expires_ms IS NOT NULL ORDER BY expires_ms LIMIT 1", &[], |r| {
        r.int(0)
    })
}

impl Engine {
    /// The server greets: its clock, as far as it says.
    pub(crate) fn compare_clocks(
        &mut self,
        s: &mut Step<'_, '_>,
        server: Option<Timestamp>,
    ) -> Result<(), EngineError> {
        let Some(server) = server else { return Ok(()) };
        let apart = s.now - server.0;
        let ahead = if apart.abs() < SAME_MS { 0 } else { apart };
        if (ahead - self.going.ahead).abs() >= SAME_MS {
            self.going.ahead = ahead;
            self.going.armed = None;
            s.tx.execute(
                "INSERT INTO clock (one, ahead_ms) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET ahead_ms = excluded.ahead_ms",
                params![ahead],
            )?;
        }
        Ok(())
    }

    /// The end of each step: what is past its time goes, and the next is waited for.
    pub(crate) fn let_go(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let now = s.now.saturating_sub(self.going.ahead);
        if self.going.next.is_some_and(|next| next <= now) {
            let gone = s.tx.rows(
                "SELECT chat_id, id FROM messages WHERE expires_ms <= ?1 ORDER BY expires_ms",
                params![now],
                |r| Ok((r.text(0)?, r.text(1)?)),
            )?;
            for (chat, id) in gone {
                if let (Some(chat), Some(id)) = (ChatId::new(chat), MessageId::new(id)) {
                    self.went(s, &chat, &id)?;
                }
            }
            self.going.next = next(s.tx)?;
        }
        match self.going.next {
            Some(at) if self.going.armed != Some(at) => {
                self.going.armed = Some(at);
                let wait = (at - now).clamp(1, LOOK_MS);
                s.set_timer(Timer::Going, u32::try_from(wait).unwrap_or(u32::MAX));
            }
            None if self.going.armed.take().is_some() => s.clear_timer(Timer::Going),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn going_timer(&mut self) {
        self.going.armed = None;
    }

    /// A message went: nothing of it is kept but that it was there.
    pub(crate) fn went(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, id: &MessageId) -> Result<(), EngineError> {
        s.tx.execute(
            "INSERT INTO gone (chat_id, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![chat.as_str(), id.as_str()],
        )?;
        messages::forget_sealed(s.tx, chat, id)?;
        let Some(old) = messages::get(s.tx, chat, id)? else { return Ok(()) };
        if old.state != State::Settled {
            self.post_came_back(s, chat, id)?;
        }
        messages::remove(s.tx, chat, id)?;
        self.forget_news(s, chat, id)?;
        let screen::Dirty { removed, chats, .. } = &mut self.screen.dirty;
        removed.push((chat.clone(), id.clone()));
        chats.insert(chat.clone());
        self.dirty_answers(s, chat, id)?;
        if chats::get(s.tx, chat)?.is_some_and(|info| old.seq > info.read_seq) {
            chats::recount(s.tx, chat)?;
        }
        s.tx.execute("DELETE FROM threads WHERE root_id = ?1", params![id.as_str()])?;
        if let (Some(root), Some(me)) = (&old.thread, self.me()) {
            s.tx.execute(
                "UPDATE threads SET last_seq = coalesce((SELECT max(seq) FROM messages
                     WHERE thread = ?1 AND sender_id <> ?2 AND deleted = 0), 0) WHERE root_id = ?1",
                params![root.as_str(), me.0],
            )?;
        }
        self.screen.dirty.threads = true;
        Ok(())
    }
}
