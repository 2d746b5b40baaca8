//! Rows of lists, ready to show: no joins are left to the UI.

use protocol::timed::When;
use protocol::{
    ChatId, ChatKind, ErrorCode, Everyone, FileId, LocalId, MessageId, PresenceStatus, Rights, Role, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};

/// A person as lists show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Who.
    pub id: UserId,
    /// With this they log in and are mentioned.
    pub username: String,
    /// What to show; never empty.
    pub name: String,
    /// A few words about themselves.
    pub bio: String,
    /// What they are doing now.
    pub custom_status: String,
    /// Their picture.
    #[serde(default)]
    pub avatar: Option<FileId>,
    /// The same in one emoji; empty for none.
    pub status_emoji: String,
    /// Both end then.
    pub status_until: Option<Timestamp>,
    /// Their address, where they show it; else empty.
    pub email: String,
    /// Their number, where they show it; else empty.
    pub phone: String,
    /// Oneself wants to hear nothing of them.
    pub blocked: bool,
    /// When they were last there is not shown.
    pub seen_hidden: bool,
    /// Whether they are there.
    pub presence: PresenceStatus,
    /// When last there, while offline and known.
    pub last_seen: Option<Timestamp>,
    /// The account is closed.
    pub deactivated: bool,
}

/// How a person keeps a chat; shared by their devices.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatSettings {
    /// Put away when this was the newest `seq`; comes back with the next message, unless muted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at_seq: Option<u64>,
    /// Stands above the others since then; the one pinned last stands first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// Quiet until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// Marked as unread by hand.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub marked_unread: bool,
    /// What of it is worth a notification.
    pub notify: NotifyAbout,
}

/// The emoji that a person uses; shared by their devices.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnEmoji {
    /// Used last, newest first, with their skin tone; at most [`OwnEmoji::RECENTS_MAX`].
    pub recents: Vec<String>,
    /// The skin tone, from 1 (light) to 5 (dark); 0 for none.
    pub tone: u8,
}

impl OwnEmoji {
    /// So many are remembered.
    pub const RECENTS_MAX: usize = 27;
}

/// What of a chat is worth a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifyAbout {
    /// Every message.
    #[default]
    All,
    /// Mentions of oneself and answers to oneself.
    Mentions,
    /// Nothing.
    Nothing,
}

/// A row of the chat list. The list is sorted by the host: pinned ones first, then newest activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRow {
    /// Which chat.
    pub id: ChatId,
    /// Private, group or channel.
    pub kind: ChatKind,
    /// What to show: the other person's name in private chats; never empty.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Its picture; a private chat has the person's.
    #[serde(default)]
    pub avatar: Option<FileId>,
    /// The other person of a private chat; oneself for own notes.
    pub person: Option<PersonRow>,
    /// Own role; `None` once left (still readable).
    pub role: Option<Role>,
    /// Found in the directory.
    pub public: bool,
    /// What is said here is sealed for its members' devices.
    pub encrypted: bool,
    /// What is said here waits: no device of the other person could read it yet, or this one is not confirmed.
    pub waits: bool,
    /// Who may do what.
    pub rights: Rights,
    /// Oneself may write.
    pub may_post: bool,
    /// Oneself may add people and invite.
    pub may_invite: bool,
    /// Oneself may mention everyone.
    pub may_mention_everyone: bool,
    /// New messages go after so many seconds.
    pub disappear_after: Option<u32>,
    /// Oneself may say after how long.
    pub may_set_timer: bool,
    /// How many people.
    pub member_count: u32,
    /// How many people wait for oneself, or another who may, to let them in.
    pub join_requests: u32,
    /// The newest message as one line of plain text; empty for none.
    pub last_text: String,
    /// Who wrote it, by name; empty for system notes and in private chats (except one's own: see `last_own`).
    pub last_author: String,
    /// The newest is one's own.
    pub last_own: bool,
    /// The newest is a system note: words are the UI's.
    pub last_note: Option<SystemNote>,
    /// Its delivery, when own.
    pub last_delivery: Option<Delivery>,
    /// When.
    pub last_at: Option<Timestamp>,
    /// Place of the newest message; 0 while there is none.
    pub last_seq: u64,
    /// Unread messages.
    pub unread: u64,
    /// Unread messages that mention oneself.
    pub unread_mentions: u64,
    /// The text of an unsent draft; empty for none.
    pub draft: String,
    /// The names of those who are typing now.
    pub typing: Vec<String>,
    /// How the person keeps it.
    pub settings: ChatSettings,
    /// Out of the main list now.
    pub archived: bool,
}

/// How far an own message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In the outbox: a clock.
    Queued,
    /// On the server's disk: one tick.
    Sent,
    /// On a device of each other member: two ticks.
    Delivered,
    /// Read by at least one other (private: by the other): two coloured ticks.
    Read,
    /// Refused; can be retried or discarded.
    Failed,
}

/// What a bubble shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MessageContent {
    /// Text with Markdown.
    Text {
        /// The source text.
        text: String,
    },
    /// "Message deleted".
    Deleted,
    /// A line in the middle.
    System {
        /// Which.
        note: SystemNote,
    },
    /// Sealed, and this device cannot open it: it was said before the device was in the chat, or is not authentic.
    Sealed,
    /// Made by a newer version.
    Unknown,
}

/// What a system note says; the UI puts it into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SystemNote {
    /// The chat was made.
    ChatCreated {
        /// By whom, by name.
        by: String,
    },
    /// Someone came.
    MemberJoined {
        /// Who, by name.
        who: String,
    },
    /// Someone was added.
    MemberAdded {
        /// Who, by name.
        who: String,
        /// By whom, by name.
        by: String,
    },
    /// Someone left.
    MemberLeft {
        /// Who, by name.
        who: String,
    },
    /// Someone was removed.
    MemberRemoved {
        /// Who, by name.
        who: String,
        /// By whom, by name.
        by: String,
    },
    /// The chat has a new name.
    Renamed {
        /// By whom, by name.
        by: String,
        /// The new name.
        name: String,
    },
    /// A message was pinned.
    Pinned {
        /// By whom, by name.
        by: String,
        /// Which.
        message_id: MessageId,
    },
    /// From now on messages go after a time, or stay again.
    Disappearing {
        /// By whom, by name.
        by: String,
        /// After so many seconds.
        after: Option<u32>,
    },
    /// From now on the group is end-to-end encrypted.
    Encrypted {
        /// By whom, by name.
        by: String,
    },
    /// From a newer server.
    Other,
}

/// The message that another one answers, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteRow {
    /// Which message.
    pub id: MessageId,
    /// Who wrote it, by name; empty while it is not loaded.
    pub author: String,
    /// The author's id, for the colour.
    pub author_id: UserId,
    /// One line of plain text; empty when deleted or not loaded.
    pub text: String,
    /// It was deleted.
    pub deleted: bool,
}

/// One reaction under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReactionRow {
    /// The emoji.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// Oneself among them.
    pub own: bool,
    /// Up to ten names, for the tooltip.
    pub names: Vec<String>,
}

/// A message as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Which message; the same before and after it was sent.
    pub id: MessageId,
    /// Sorts the timeline, rising; changes when a queued message is accepted.
    pub order: u64,
    /// Place in the history; 0 while queued.
    pub seq: u64,
    /// Who.
    pub author: PersonRow,
    /// By oneself.
    pub own: bool,
    /// What it says.
    pub content: MessageContent,
    /// When (own clock while queued).
    pub at: Timestamp,
    /// The message it answers.
    pub quote: Option<QuoteRow>,
    /// Reactions, by first use.
    pub reactions: Vec<ReactionRow>,
    /// The usernames mentioned, for highlighting.
    pub mentions: Vec<PersonMention>,
    /// Mentions oneself.
    pub mentions_me: bool,
    /// Mentions everyone, or everyone who was there.
    pub everyone: Option<Everyone>,
    /// Goes by itself then.
    pub expires_at: Option<Timestamp>,
    /// Its files.
    pub attachments: Vec<protocol::Attachment>,
    /// The content is a question that one can vote on.
    pub poll: Option<PollRow>,
    /// What stands behind its first link.
    pub preview: Option<protocol::LinkPreview>,
    /// The message in whose thread it stands.
    pub thread: Option<MessageId>,
    /// The thread under it.
    pub replies: Option<RepliesRow>,
    /// Said elsewhere before.
    pub forwarded: Option<ForwardRow>,
    /// Kept at the chat's head.
    pub pinned: bool,
    /// Oneself keeps it among the saved ones.
    pub saved: bool,
    /// Changed after sending.
    pub edited: bool,
    /// Of own messages.
    pub delivery: Option<Delivery>,
    /// Why it failed.
    pub failure: Option<protocol::ErrorCode>,
    /// May be pinned and unpinned by oneself.
    pub can_pin: bool,
    /// May be edited by oneself.
    pub can_edit: bool,
    /// May be deleted by oneself.
    pub can_delete: bool,
}

/// A poll as its message shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollRow {
    /// In the order in which they were given.
    pub options: Vec<PollOptionRow>,
    /// How many people have voted.
    pub voters: u32,
    /// One may choose several.
    pub multiple: bool,
    /// One answer is right, and an answer cannot be changed.
    pub quiz: bool,
    /// Nobody is told who chose what.
    pub anonymous: bool,
    /// When it closes by itself.
    pub closes_at: Option<Timestamp>,
    /// Nobody votes any more.
    pub closed: bool,
    /// Oneself has voted; the vote may still be on its way.
    pub voted: bool,
    /// Of a quiz, once its answer is known; may be empty.
    pub explanation: String,
    /// Oneself may vote now.
    pub can_vote: bool,
    /// Oneself may close it.
    pub can_close: bool,
}

/// One answer of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollOptionRow {
    /// What it says.
    pub text: String,
    /// How many chose it.
    pub votes: u32,
    /// Oneself among them.
    pub own: bool,
    /// Of a quiz, once it is known: whether it is the right one.
    pub right: Option<bool>,
}

/// Where a forwarded message was said first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardRow {
    /// Who wrote it.
    pub author: PersonRow,
    /// When.
    pub at: Timestamp,
    /// Its chat, when this person is in it.
    pub chat_id: Option<ChatId>,
    /// The original.
    pub message_id: MessageId,
}

/// A thread in short, under its first message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepliesRow {
    /// How many messages.
    pub count: u32,
    /// When the newest was said.
    pub last_at: Timestamp,
    /// Who wrote last, the newest first.
    pub people: Vec<PersonRow>,
    /// Oneself follows it and has not read its newest.
    pub unread: bool,
}

/// A thread in the list of those that one follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadRow {
    /// Its first message.
    pub root: crate::update::SearchHit,
    /// The thread itself.
    pub replies: RepliesRow,
}

/// A message that one is reminded of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderRow {
    /// The message; its text is empty while it is not in the cache.
    pub message: crate::update::SearchHit,
    /// When.
    pub when: When,
    /// It was time.
    pub rang: bool,
    /// The server does not have it yet: it rings on time only if this device comes online before.
    pub unsent: bool,
}

/// A message that is to be sent later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledRow {
    /// The id that the message will have.
    pub id: LocalId,
    /// Where to.
    pub chat_id: ChatId,
    /// The chat's title.
    pub chat_title: String,
    /// The text with Markdown.
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// People mentioned.
    pub mentions: Vec<UserId>,
    /// In the thread of this message.
    pub thread: Option<MessageId>,
    /// When.
    pub when: When,
    /// It was time, and the server did not take it.
    pub refused: Option<ErrorCode>,
    /// The server does not have it yet: it is sent on time only if this device comes online before.
    pub unsent: bool,
}

/// What a message said before it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The text with Markdown.
    pub text: String,
    /// Since when it said so.
    pub at: Timestamp,
}

/// A mentioned person in a text: `@username` is shown as a link with this name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonMention {
    /// Who.
    pub id: UserId,
    /// As written after `@`.
    pub username: String,
    /// What to show.
    pub name: String,
}

/// Someone who asked to come into a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRow {
    /// Who.
    pub person: PersonRow,
    /// When.
    pub at: Timestamp,
}

/// A member of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Who.
    pub person: PersonRow,
    /// What they may do.
    pub role: Role,
    /// Oneself may change or remove them.
    pub can_manage: bool,
}
