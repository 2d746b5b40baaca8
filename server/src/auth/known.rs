//! Which sessions live, in memory: a request costs no query, and a log-out counts at once.
//!
//! Known sessions are looked up again after [`KNOWN_MS`], so that a log-out on another node counts then at the latest.
//! Ended ones are remembered as long as their access tokens could live: a look-up that was under way while the session
//! ended cannot bring it back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::limits::ACCESS_TOKEN_SECONDS;
use protocol::{Timestamp, UserId};

use crate::session::SessionId;

/// How long a look-up holds, in milliseconds.
const KNOWN_MS: i64 = 10_000;
/// How long an end is remembered, in milliseconds.
const ENDED_MS: i64 = (ACCESS_TOKEN_SECONDS as i64 + 60) * 1_000;
/// Most sessions in memory; above it those not seen lately go.
const KNOWN_MAX: usize = 50_000;

/// What memory says of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It lives: whose it is, and under what name.
    Live(UserId, Arc<str>),
    /// It is over.
    Ended,
    /// Ask the database.
    Unknown,
}

/// The sessions in memory.
#[derive(Default)]
pub struct KnownSessions(Mutex<Maps>);

#[derive(Default)]
struct Maps {
    live: HashMap<SessionId, (UserId, Arc<str>, i64)>,
    ended: HashMap<SessionId, i64>,
}

impl KnownSessions {
    /// What is known of a session.
    pub fn get(&self, session: SessionId, now: Timestamp) -> Said {
        let maps = self.lock();
        if maps.ended.contains_key(&session) {
            return Said::Ended;
        }
        match maps.live.get(&session) {
            Some((user_id, username, until)) if now.0 < *until => Said::Live(*user_id, Arc::clone(username)),
            _ => Said::Unknown,
        }
    }

    /// Remembers that a session lives. `false`: it ended meanwhile.
    pub fn learn(&self, session: SessionId, user_id: UserId, username: Arc<str>, now: Timestamp) -> bool {
        let mut maps = self.lock();
        if maps.ended.contains_key(&session) {
            return false;
        }
        if maps.live.len() >= KNOWN_MAX {
            maps.live.retain(|_, (_, _, until)| now.0 < *until);
            if maps.live.len() >= KNOWN_MAX {
                maps.live.clear();
            }
        }
        maps.live.insert(session, (user_id, username, now.0 + KNOWN_MS));
        true
    }

    /// The session is over, from now on.
    pub fn end(&self, session: SessionId, now: Timestamp) {
        let mut maps = self.lock();
        maps.live.remove(&session);
        maps.ended.retain(|_, until| now.0 < *until);
        maps.ended.insert(session, now.0 + ENDED_MS);
    }

    fn lock(&self) -> MutexGuard<'_, Maps> {
        // Nothing in here panics half-way; a poisoned lock still holds whole maps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_ended_does_not_come_back_by_a_late_look_up() {
        let known = KnownSessions::default();
        let session = SessionId::from_u128(1);
        assert_eq!(known.get(session, Timestamp(0)), Said::Unknown);
        assert!(known.learn(session, UserId(7), "alice".into(), Timestamp(0)));
        assert_eq!(known.get(session, Timestamp(1)), Said::Live(UserId(7), "alice".into()));
        known.end(session, Timestamp(2));
        assert!(!known.learn(session, UserId(7), "alice".into(), Timestamp(3)));
        assert_eq!(known.get(session, Timestamp(4)), Said::Ended);
    }

    #[test]
    fn what_is_known_is_asked_again_after_ten_seconds() {
        let known = KnownSessions::default();
        let session = SessionId::from_u128(1);
        known.learn(session, UserId(7), "alice".into(), Timestamp(0));
        assert_eq!(known.get(session, Timestamp(KNOWN_MS)), Said::Unknown);
    }
}
