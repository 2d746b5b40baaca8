//! Bodies about chats, their members, and invitations into them.

use crate::id::{ChatId, UserId};
use crate::model::{Chat, ChatKind, Message, Rights, Role};
use crate::time::Timestamp;

bodies! {
    /// Names a chat.
    ChatRef {
        /// The chat.
        chat_id: ChatId,
    }
    /// Body of `create_chat`.
    CreateChat {
        /// `group` or `channel`; on the wire `chat_type`.
        chat_type: ChatKind,
        /// 1–80 characters.
        name: String,
        /// What it is about.
        #[serde(default)] description: String,
        /// First members besides the maker.
        #[serde(default)] members: Vec<UserId>,
        /// Channels only: in the directory.
        #[serde(default)] public: bool,
        /// Groups only: end-to-end encrypted from its beginning, for good.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] encrypted: bool,
    }
    /// Body of `update_chat`; what is absent stays.
    UpdateChat {
        /// The chat.
        chat_id: ChatId,
        /// New name.
        #[serde(default)] name: Option<String>,
        /// New description.
        #[serde(default)] description: Option<String>,
        /// In the directory or not.
        #[serde(default)] public: Option<bool>,
        /// Who may do what, all of it; never less than `member`.
        #[serde(default)] rights: Option<Rights>,
        /// New messages go after so many seconds, see [`crate::limits::DISAPPEAR_SECONDS_MIN`]; 0: they stay. Also in private chats, by
        /// either of the two.
        #[serde(default, skip_serializing_if = "Option::is_none")] disappear_after: Option<u32>,
        /// `true`: a group is end-to-end encrypted from now on. It is never taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")] encrypted: Option<bool>,
    }
    /// Body of `add_member`.
    AddMember {
        /// The chat.
        chat_id: ChatId,
        /// The person.
        user_id: UserId,
        /// `member` unless said; at most the adder's own.
        #[serde(default)] role: Option<Role>,
    }
    /// Names a person in a chat.
    MemberRef {
        /// The chat.
        chat_id: ChatId,
        /// The person.
        user_id: UserId,
    }
    /// Body of `set_role`.
    SetRole {
        /// The chat.
        chat_id: ChatId,
        /// The person.
        user_id: UserId,
        /// The new role; `owner` hands ownership over and makes the giver an admin.
        role: Role,
    }
    /// Body of `list_members`.
    ListMembers {
        /// The chat.
        chat_id: ChatId,
        /// `next_cursor` of the page before.
        #[serde(default)] cursor: Option<String>,
        /// 1 to [`crate::limits::DIRECTORY_PAGE_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `create_invitation`.
    CreateInvitation {
        /// Also into this chat; without it only to the server (and `general`).
        #[serde(default)] chat_id: Option<ChatId>,
        /// Life in seconds; at most 30 days, 7 days unless said.
        #[serde(default)] expires_in: Option<u32>,
        /// How often it works; 1 to 1,000, 100 unless said.
        #[serde(default)] uses_max: Option<u32>,
        /// Whoever uses it asks to come in, and someone who may invite decides; only with `chat_id`.
        #[serde(default)] approval: bool,
    }
    /// Names an invitation.
    InvitationRef {
        /// From `invitation`.
        invitation_id: String,
    }
    /// Body of `accept_invitation`.
    AcceptInvitation {
        /// The secret from the link.
        secret: String,
    }
    /// A chat in one's own list.
    ChatSummary {
        /// The chat.
        #[serde(flatten)] chat: Chat,
        /// Own role.
        role: Role,
        /// Own mark.
        read_seq: u64,
        /// Messages after it.
        unread_count: u64,
        /// The newest, when there is one.
        last_message: Option<Message>,
        /// When anything was last posted.
        last_activity: Timestamp,
    }
    /// Body of `invitation`.
    Invitation {
        /// For `revoke_invitation`.
        invitation_id: String,
        /// 128 bits, base64url; shown once, the server keeps a hash.
        secret: String,
        /// When it ends.
        expires_at: Timestamp,
        /// How often it works.
        uses_max: u32,
        /// Someone decides about each who uses it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] approval: bool,
    }
    /// Body of `join_requested`: asked to come in; someone has to say yes.
    JoinRequested {
        /// The chat.
        chat_id: ChatId,
        /// What it is called.
        name: String,
    }
    /// Someone who asked to come into a chat.
    JoinRequest {
        /// Who.
        user_id: UserId,
        /// When.
        asked_at: Timestamp,
    }
    /// Body of `join_requests`.
    JoinRequests {
        /// The chat.
        chat_id: ChatId,
        /// Those who wait, the first first; at most [`crate::limits::JOIN_REQUESTS_MAX`].
        requests: Vec<JoinRequest>,
    }
    /// Body of `answer_join`.
    AnswerJoin {
        /// The chat.
        chat_id: ChatId,
        /// Who asked.
        user_id: UserId,
        /// Comes in, or not.
        accept: bool,
    }
}
