//! Identifiers. A client makes the id of what it makes (UUIDv7), so that an offline reply can name an unsent message.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

use crate::limits::ID_BYTES_MAX;

/// A person, numbered by the server from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct UserId(pub i64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id a client gives to one mutation (a UUID, version 7 by convention). A retry with the same id gets the first
/// reply. What a mutation creates (a message, a chat) takes this id as its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct LocalId(pub Uuid);

impl LocalId {
    /// Makes an id from a time and 10 random bytes; pass both in, so that tests repeat.
    pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
        LocalId(uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
    }
}

impl fmt::Display for LocalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Accepts 1 to [`ID_BYTES_MAX`] bytes of `a-z A-Z 0-9 - _ .`; anything else is `None`.
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                is_id(&text).then_some(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<LocalId> for $name {
            fn from(id: LocalId) -> Self {
                Self(id.to_string())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = String::deserialize(d)?;
                Self::new(text).ok_or_else(|| serde::de::Error::custom("not a valid id"))
            }
        }
    };
}

text_id! {
    /// A chat: `general`, a UUID for groups and channels, `dm-LOW-HIGH` for the private chat of two people.
    ChatId
}
text_id! {
    /// A message: the UUID that its sender gave it, or one from the server.
    MessageId
}
text_id! {
    /// A file: the UUID that its uploader gave it, or one from the server.
    FileId
}

text_id! {
    /// A device: the random 128-bit number it gave itself, as 32 hexadecimal digits.
    DeviceId
}

impl ChatId {
    /// The channel that every new server has and everyone who registers joins.
    pub fn general() -> Self {
        Self("general".to_owned())
    }

    /// The private chat of two people: the same id whoever opens it first, also offline. With oneself it is a notebook.
    pub fn private(a: UserId, b: UserId) -> Self {
        let (low, high) = if a <= b { (a, b) } else { (b, a) };
        Self(format!("dm-{low}-{high}"))
    }

    /// The two people of a private chat's id, lower first; `None` for other chats.
    pub fn private_members(&self) -> Option<(UserId, UserId)> {
        let (low, high) = self.0.strip_prefix("dm-")?.split_once('-')?;
        let (low, high) = (low.parse().ok()?, high.parse().ok()?);
        let id = Self::private(UserId(low), UserId(high));
        (id == *self).then_some((UserId(low), UserId(high)))
    }
}

fn is_id(text: &str) -> bool {
    (1..=ID_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// What a client calls one request; the reply to it carries the same. A number or a short text, the client's choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum RequestId {
    /// `"request_id": 7`
    Number(i64),
    /// `"request_id": "abc"`, at most [`crate::limits::REQUEST_ID_BYTES_MAX`] bytes.
    Text(String),
}
