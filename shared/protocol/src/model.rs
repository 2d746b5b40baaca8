//! The nouns: people, chats, members, messages.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::everyone::Everyone;
use crate::file::Attachment;
use crate::id::{ChatId, FileId, MessageId, UserId};
use crate::poll::Poll;
use crate::preview::LinkPreview;
use crate::time::Timestamp;

/// A person of the team, as everyone on the server sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// The number that identifies the person.
    pub id: UserId,
    /// Unique, case-insensitively.
    pub username: String,
    /// What to show; empty means the username.
    #[serde(default)]
    pub display_name: String,
    /// A few words about oneself.
    #[serde(default)]
    pub bio: String,
    /// What one is doing now, free text.
    #[serde(default)]
    pub custom_status: String,
    /// A square picture; everyone who has an account may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<FileId>,
    /// The same in one emoji; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_emoji: String,
    /// Both end by themselves then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_until: Option<Timestamp>,
    /// The address, where the person shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The number, where the person shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// The account is closed: shown in old chats, cannot be written to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deactivated: bool,
    /// Revision in scope `team`.
    pub rev: u64,
}

/// Who a chat is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Two people (or one: own notes); its id is [`ChatId::private`].
    Private,
    /// Invited people.
    Group,
    /// Anyone of the team may find and join it when it is public.
    Channel,
}

/// What a member may do; later ones include earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads and reacts.
    ReadOnly,
    /// Writes.
    Member,
    /// Invites, removes, renames, deletes others' messages.
    Admin,
    /// Names admins; there is always one while anyone is left.
    Owner,
}

/// From which role on members may do something in a group or channel. What is absent is as usual for the chat's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Rights {
    /// Write; usually members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Role>,
    /// Keep messages at the chat's head; usually members of groups, admins of channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<Role>,
    /// Add people and make invitations; usually as for pinning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite: Option<Role>,
    /// Mention all members, or all who are there now; usually as for pinning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everyone: Option<Role>,
    /// Newcomers of an encrypted group get what was said before them, from the device of who lets them in; usually not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub past: bool,
}

impl Rights {
    /// Everything is as usual.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// From this role on one may write.
    pub fn post_from(&self) -> Role {
        self.post.unwrap_or(Role::Member)
    }

    /// From this role on one may pin.
    pub fn pin_from(&self, kind: ChatKind) -> Role {
        self.pin.unwrap_or(usual(kind))
    }

    /// From this role on one may add people and invite.
    pub fn invite_from(&self, kind: ChatKind) -> Role {
        self.invite.unwrap_or(usual(kind))
    }

    /// From this role on one may mention everyone.
    pub fn everyone_from(&self, kind: ChatKind) -> Role {
        self.everyone.unwrap_or(usual(kind))
    }

    /// Those that are not as usual.
    pub fn set(&self) -> impl Iterator<Item = Role> {
        [self.post, self.pin, self.invite, self.everyone].into_iter().flatten()
    }
}

fn usual(kind: ChatKind) -> Role {
    if kind == ChatKind::Channel { Role::Admin } else { Role::Member }
}

/// A chat's own data, the same for all members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chat {
    /// The chat's id.
    pub id: ChatId,
    /// Private, group or channel; on the wire `type`, as in the given table.
    #[serde(rename = "type")]
    pub chat_type: ChatKind,
    /// Empty for private chats: shown as the other person.
    #[serde(default)]
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// A square picture; its members may read it, and everyone while it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<FileId>,
    /// Who made it; the server itself (`0`) made `general`.
    pub creator_id: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name, description or kind last changed.
    pub updated_at: Timestamp,
    /// Found in the directory of channels and joined without invitation.
    #[serde(default)]
    pub public: bool,
    /// Only sealed messages are accepted.
    #[serde(default)]
    pub encrypted: bool,
    /// Who may do what; absent while everything is as usual.
    #[serde(default, skip_serializing_if = "Rights::is_usual")]
    pub rights: Rights,
    /// New messages go for everyone after so many seconds; absent while they stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disappear_after: Option<u32>,
    /// How many people are in it now.
    pub member_count: u32,
    /// How many people asked to come in and wait for an answer.
    #[serde(default, skip_serializing_if = "none_wait")]
    pub join_requests: u32,
    /// `seq` of the newest message; 0 while there is none.
    pub last_seq: u64,
    /// Revision in the chat's scope at which this row itself last changed (not: the scope's head).
    pub rev: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn none_wait(count: &u32) -> bool {
    *count == 0
}

/// A person in a chat, as other members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// Tombstone: no longer a member.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Revision in the chat's scope.
    pub rev: u64,
}

/// A person's own view of a chat, seen by their devices only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    /// Which chat.
    pub chat_id: ChatId,
    /// What this person may do there.
    pub role: Role,
    /// Everything up to this `seq` has been read; never goes back.
    pub read_seq: u64,
    /// Tombstone: left or removed; the client keeps what it has and stops syncing the chat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Revision in the person's scope.
    pub rev: u64,
}

/// What a message's content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Text with Markdown.
    #[default]
    Text,
    /// A note of the server: JSON `{"event":"member_joined","user_id":7,…}`; clients put it into words.
    System,
    /// From a newer version: shown as "update to see this", kept as it is. Refused by the server when posted.
    #[serde(other)]
    Unknown,
}

/// One entry of a person's own data, seen by that person's devices only. The server keeps it and gives it to the other
/// devices; what the value means is the client's affair (docs/protocol.md lists the keys in use).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// 1 to [`crate::limits::ITEM_KEY_BYTES_MAX`] bytes of `a-z A-Z 0-9 - _ . : ~`: `chat:general`.
    pub key: String,
    /// Text, by custom JSON; absent once the entry was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Revision in the person's scope.
    pub rev: u64,
}

/// What the content of a [`MessageType::System`] message says, as JSON: `{"event":"member_added","user_id":7,"by":3}`.
/// A client that meets an event it does not know shows the message as from a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Note {
    /// The group or channel was made.
    ChatCreated {
        /// By whom.
        by: UserId,
    },
    /// Someone came: registered, joined a channel, or used an invitation.
    MemberJoined {
        /// Who.
        user_id: UserId,
    },
    /// Someone was added.
    MemberAdded {
        /// Who.
        user_id: UserId,
        /// By whom.
        by: UserId,
    },
    /// Someone left.
    MemberLeft {
        /// Who.
        user_id: UserId,
    },
    /// Someone was removed.
    MemberRemoved {
        /// Who.
        user_id: UserId,
        /// By whom.
        by: UserId,
    },
    /// The chat has a new name.
    Renamed {
        /// By whom.
        by: UserId,
        /// The name.
        name: String,
    },
    /// A message was pinned.
    Pinned {
        /// By whom.
        by: UserId,
        /// Which.
        message_id: MessageId,
    },
    /// From now on messages go after a time, or stay again.
    Disappearing {
        /// By whom.
        by: UserId,
        /// After so many seconds; absent: they stay.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u32>,
    },
    /// From now on the group is end-to-end encrypted.
    Encrypted {
        /// By whom.
        by: UserId,
    },
}

/// A message as it now is. The first nine fields are the given shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// The `local_id` of the post, or one from the server.
    pub id: MessageId,
    /// Who wrote it; `0` for system notes.
    pub sender_id: UserId,
    /// Their username at the time of reading.
    pub sender_username: String,
    /// The text, or a sealed envelope (base64) when `sealed`; empty once deleted.
    pub content: String,
    /// What `content` is.
    pub message_type: MessageType,
    /// When the server accepted it; never goes back within a chat.
    pub timestamp: Timestamp,
    /// The message it answers, in the same chat.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// People called by name.
    #[serde(default)]
    pub mentions: Vec<UserId>,
    /// Everyone is mentioned, or everyone who was there then (they stand in `mentions`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everyone: Option<Everyone>,
    /// Reaction → who, in the order of reacting.
    #[serde(default)]
    pub reactions: BTreeMap<String, Vec<UserId>>,
    /// `content` is a sealed envelope that the server cannot read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Of a sealed message: the revision with which this content came. Changes of anything else leave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_rev: Option<u64>,
    /// When the content last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// Tombstone: when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Goes by itself at this moment. A tombstone that carries it went so: it is not to be seen at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Kept at the chat's head since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// Said elsewhere before, by someone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<Box<Forwarded>>,
    /// Its files, at most [`crate::limits::ATTACHMENTS_MAX`]; `content` may be empty beside them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The content is a question, and this is what it can be answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Box<Poll>>,
    /// What stands behind its first link; comes some time after the message, as a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<Box<LinkPreview>>,
    /// The message in whose thread this one stands, not in the chat's main line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<MessageId>,
    /// The thread under this message, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replies: Option<Box<Replies>>,
    /// Place in the chat's history: 1, 2, 3 … without holes.
    pub seq: u64,
    /// Revision of the last change, in the chat's scope.
    pub rev: u64,
}

/// Where a forwarded message was said first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forwarded {
    /// The chat of the original; readers may not be in it.
    pub chat_id: ChatId,
    /// The original.
    pub message_id: MessageId,
    /// Who wrote it.
    pub sender_id: UserId,
    /// When.
    pub timestamp: Timestamp,
}

/// A thread in short, as its first message carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replies {
    /// How many messages stand in it.
    pub count: u32,
    /// When the newest was said.
    pub last_at: Timestamp,
    /// Who wrote in it last, at most [`crate::limits::THREAD_PEOPLE_MAX`], the newest first.
    pub people: Vec<UserId>,
}

/// What a message said before it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// The content.
    pub content: String,
    /// Since when it said so.
    pub timestamp: Timestamp,
}

/// Whether a person is there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PresenceStatus {
    /// Has an open connection and used it lately.
    Online,
    /// Connected, but idle.
    Away,
    /// Do not disturb.
    Dnd,
    /// Not connected.
    #[default]
    Offline,
}

/// How far one member has received and read a chat. Marks only grow, so the larger one wins and order does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Whose marks.
    pub user_id: UserId,
    /// Reached one of their devices up to this `seq`.
    pub delivered_seq: u64,
    /// Read up to this `seq`.
    pub read_seq: u64,
}
