//! What people can do: one function per verb, `fn(cx, request) -> Result<reply, Failure>`. Reads no clock; knows no socket.
//!
//! A function runs inside one transaction; what it tells others goes to [`Cx::tell`] and is sent after the commit.

pub mod access;
pub mod avatars;
pub mod chats;
pub mod devices;
pub mod directory;
pub mod emoji;
pub mod files;
pub mod founding;
pub mod groups;
pub mod invitations;
pub mod items;
pub mod join_requests;
pub mod marks;
pub mod members;
pub mod messages;
pub mod names;
pub mod once;
pub mod past;
pub mod previews;
pub mod privacy;
pub mod search;
pub mod status;
pub mod sync;
pub mod timed;
pub mod users;

use protocol::frame::Event;
use protocol::{ErrorCode, LocalId, ProtocolError, Row, Scope, Timestamp, UserId};
use rand::Rng;

use crate::store::scopes;

/// The server itself, as a sender of notes and the maker of `general`.
pub const SERVER: UserId = UserId(0);

/// What a domain function may use.
pub struct Cx<'a, 'c> {
    /// The open transaction.
    pub tx: &'a mut sql::Tx<'c>,
    /// The time now.
    pub now: Timestamp,
    /// Chance: seeded in tests.
    pub rng: &'a mut dyn Rng,
    /// Who asks; `UserId(0)` is the server itself.
    pub actor: UserId,
    /// What to tell after the commit, in order.
    pub events: &'a mut Vec<Event>,
}

impl Cx<'_, '_> {
    /// Sends an event after the commit to everyone whom it concerns.
    pub fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Tells that a row changed.
    pub fn tell_row(&mut self, scope: Scope, row: Row) {
        self.tell(Event::RowChanged { scope, row });
    }

    /// The next revision of a scope.
    ///
    /// # Errors
    /// See [`sql::Error`].
    pub fn next_rev(&mut self, scope: &Scope) -> Result<u64, sql::Error> {
        scopes::next(self.tx, scope)
    }

    /// A new id for something whose maker gave none.
    pub fn new_id(&mut self) -> LocalId {
        let mut random = [0; 10];
        self.rng.fill_bytes(&mut random);
        LocalId::from_parts(u64::try_from(self.now.0).unwrap_or(0), random)
    }
}

/// What a committed domain function leaves: the answer, and what others are told.
#[derive(Debug)]
pub struct Outcome<T> {
    /// The answer.
    pub reply: T,
    /// In order of their revisions.
    pub events: Vec<Event>,
}

/// Why a domain function did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Refused; the person is told.
    #[error(transparent)]
    Refused(#[from] ProtocolError),
    /// The database failed.
    #[error(transparent)]
    Sql(#[from] sql::Error),
}

impl Failure {
    /// A refusal.
    pub fn refused(code: ErrorCode, message: &str) -> Self {
        Failure::Refused(ProtocolError::new(code, message))
    }

    /// A field that is out of bounds.
    pub fn field(name: &str, problem: &str) -> Self {
        Failure::Refused(ProtocolError::field(name, problem))
    }

    /// Known, but not allowed.
    pub fn forbidden(message: &str) -> Self {
        Self::refused(ErrorCode::Forbidden, message)
    }

    /// No such thing, or not visible.
    pub fn not_found(message: &str) -> Self {
        Self::refused(ErrorCode::NotFound, message)
    }

    /// What the person is told; a database's failure is logged here and keeps its details to itself.
    pub fn into_protocol(self) -> ProtocolError {
        match self {
            Failure::Refused(error) => error,
            Failure::Sql(error) => {
                tracing::error!(%error, "the database refused a request");
                if error.is_retryable() {
                    ProtocolError {
                        code: ErrorCode::Unavailable,
                        message: "the database is not available just now".to_owned(),
                        retry_after_ms: Some(1_000),
                    }
                } else {
                    ProtocolError::new(ErrorCode::Internal, "the server made a mistake")
                }
            }
        }
    }
}
