//! What the server keeps of end-to-end encryption: devices, commits in their order, and who may enter by which welcome.
//! Contents are MLS messages (RFC 9420) in base64; the server reads their headers only.

use serde::{Deserialize, Serialize};

use crate::id::{ChatId, DeviceId, UserId};
use crate::time::Timestamp;

/// Entries of own data that a member wrote for a newcomer: `past:CHAT_ID:GENERATION.EPOCH:NUMBER`, going on as `NUMBER.1`.
pub const PAST: &str = "past:";

/// A device that can read encrypted chats, as its own person sees it. In the person's scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The random number it gave itself.
    pub id: DeviceId,
    /// What its log-in is called.
    #[serde(default)]
    pub name: String,
    /// The public half of the person's key (32 bytes, base64), the same on all devices.
    pub person: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last published.
    pub last_seen_at: Timestamp,
    /// One-time key packages that nobody claimed yet.
    #[serde(default)]
    pub keys_left: u32,
    /// Tombstone: it was removed, or its session ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Revision in the person's scope.
    pub rev: u64,
}

/// A device of a member.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupDevice {
    /// Which.
    pub device_id: DeviceId,
    /// Whose.
    pub user_id: UserId,
}

/// Where the group of an encrypted chat stands, and what its members' devices should do about it. In the chat's scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// Which of the chat's groups: a chat begins anew when its members lost theirs.
    pub generation: u32,
    /// How many commits were accepted in it.
    pub epoch: u64,
    /// Devices of members that should be added, at most [`crate::limits::GROUP_TODO_MAX`] of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<GroupDevice>,
    /// Devices in it that should be removed, at most so many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surplus: Vec<GroupDevice>,
    /// Revision in the chat's scope.
    pub rev: u64,
}

/// An accepted commit: it ended its epoch. In the chat's scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handshake {
    /// Of which group.
    pub generation: u32,
    /// The epoch that it ended.
    pub epoch: u64,
    /// Whose device made it.
    pub sender_id: UserId,
    /// Which.
    pub device_id: DeviceId,
    /// The commit, base64.
    pub content: String,
    /// Revision in the chat's scope.
    pub rev: u64,
}

/// A device was added to a chat's group: the welcome that lets it in. In the scope of the device's person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    /// Which chat.
    pub chat_id: ChatId,
    /// For which device.
    pub device_id: DeviceId,
    /// Into which group.
    pub generation: u32,
    /// The epoch that it begins in.
    pub epoch: u64,
    /// The welcome, base64.
    pub content: String,
    /// Revision in the person's scope.
    pub rev: u64,
}
