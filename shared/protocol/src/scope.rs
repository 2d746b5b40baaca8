//! What syncs: rows in scopes, each row stamped with the revision of its last change.
//!
//! The rule for receiving, per scope: `rev == have + 1` apply; `rev <= have` ignore; `rev > have + 1` wait
//! [`crate::limits::GAP_WAIT_MS`] for the missing, then ask with `sync`. Revisions start at 1; `have: 0` means nothing.

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::emoji::TeamEmoji;
use crate::encryption::{Admission, Device, Group, Handshake};
use crate::id::{ChatId, UserId};
use crate::model::{Chat, Item, Member, Membership, Message, User};

/// A set of rows with one revision counter. On the wire `"team"`, `"user:7"`, `"chat:general"`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// What everyone shares: [`Row::User`], [`Row::Emoji`].
    Team,
    /// One person's own data, seen by that person's devices only: [`Row::Membership`], [`Row::Item`], [`Row::Device`], [`Row::Admission`].
    User(UserId),
    /// One chat: [`Row::Chat`], [`Row::Member`], [`Row::Message`], [`Row::Group`], [`Row::Handshake`]; seen by its members.
    Chat(ChatId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Team => f.write_str("team"),
            Scope::User(id) => write!(f, "user:{id}"),
            Scope::Chat(id) => write!(f, "chat:{id}"),
        }
    }
}

/// The text names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: expected team, user:ID or chat:ID")]
pub struct NotAScope;

impl std::str::FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        match text.split_once(':') {
            None if text == "team" => Ok(Scope::Team),
            Some(("user", id)) => id.parse().map(|id| Scope::User(UserId(id))).map_err(|_| NotAScope),
            Some(("chat", id)) => ChatId::new(id).map(Scope::Chat).ok_or(NotAScope),
            _ => Err(NotAScope),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One row as it now is. Deleted rows stay as tombstones (`deleted_at`, `left`, `deactivated`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Row {
    /// In [`Scope::Team`].
    User(User),
    /// In [`Scope::Team`].
    Emoji(TeamEmoji),
    /// In [`Scope::User`].
    Membership(Membership),
    /// In [`Scope::User`].
    Item(Item),
    /// In [`Scope::Chat`].
    Chat(Chat),
    /// In [`Scope::Chat`].
    Member(Member),
    /// In [`Scope::Chat`].
    Message(Message),
    /// In [`Scope::User`].
    Device(Device),
    /// In [`Scope::User`].
    Admission(Admission),
    /// In [`Scope::Chat`].
    Group(Group),
    /// In [`Scope::Chat`].
    Handshake(Handshake),
}

impl Row {
    /// The revision of the row's last change, in its scope.
    pub fn rev(&self) -> u64 {
        match self {
            Row::User(row) => row.rev,
            Row::Emoji(row) => row.rev,
            Row::Membership(row) => row.rev,
            Row::Item(row) => row.rev,
            Row::Chat(row) => row.rev,
            Row::Member(row) => row.rev,
            Row::Message(row) => row.rev,
            Row::Device(row) => row.rev,
            Row::Admission(row) => row.rev,
            Row::Group(row) => row.rev,
            Row::Handshake(row) => row.rev,
        }
    }
}
