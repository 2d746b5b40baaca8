//! The frames. A client sends [`ClientFrame`]s, the server answers and tells with [`ServerFrame`]s.
//!
//! Every mutation may carry `local_id`: repeated with the same id it changes nothing and gets the first reply.
//! Every request may carry `request_id`: its reply, or its `error`, carries the same.

use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, ProtocolError};
use crate::id::{ChatId, LocalId, MessageId, RequestId, UserId};
use crate::model::{Chat, ChatKind, Member, Message, MessageType, PresenceStatus, Receipt, Role, User};
use crate::scope::{Row, Scope};
use crate::time::Timestamp;

/// One frame from a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientFrame {
    /// Comes back in the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
    /// Makes a mutation safe to repeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_id: Option<LocalId>,
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
}

/// Everything a client can ask for, on every transport.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Optional first frame; → [`Reply::Welcome`]. Without it version 1 is spoken.
    Hello(Hello),
    /// Makes an account and logs in; → [`Reply::AuthSuccess`] with tokens.
    Register(Register),
    /// → [`Reply::AuthSuccess`] with tokens.
    Login(Login),
    /// The given frame: authenticates this connection, again before the token ends; → [`Reply::AuthSuccess`].
    Auth(Auth),
    /// Trades a refresh token for new ones; → [`Reply::AuthSuccess`] with tokens.
    Refresh(Refresh),
    /// Ends this session everywhere: tokens die at once; → [`Reply::Done`], then the connection closes.
    Logout,
    /// Keeps the connection; → [`Reply::Pong`].
    Ping,

    /// Rows above what the client has; → one [`Reply::Changes`] per scope.
    Sync(Sync),
    /// A page of messages; → [`Reply::HistoryPage`].
    History(History),

    /// The given frame: posts; → [`Reply::MessageAccepted`].
    Message(PostMessage),
    /// Own messages; → [`Reply::MessageAccepted`].
    EditMessage(EditMessage),
    /// Own messages; admins anyone's; → [`Reply::MessageAccepted`].
    DeleteMessage(MessageRef),
    /// Adds or takes back one's own reaction; → [`Reply::MessageAccepted`].
    React(React),
    /// Marks as read up to `seq`; → [`Reply::Done`].
    Read(SeqMark),
    /// Marks as received up to `seq`; no reply.
    Delivered(SeqMark),
    /// "Is typing", fades after [`crate::limits::TYPING_MS`]; no reply.
    Typing(ChatRef),
    /// Own presence on this connection; no reply.
    Presence(SetPresence),

    /// Own chats with last message and unread count; → [`Reply::Chats`].
    ListChats,
    /// Makes a group or channel, its id is `local_id`; → [`Reply::ChatState`].
    CreateChat(CreateChat),
    /// Opens the private chat with a person, making it if need be; → [`Reply::ChatState`].
    OpenPrivate(UserRef),
    /// Admins: name, description, public; → [`Reply::ChatState`].
    UpdateChat(UpdateChat),
    /// A public channel; → [`Reply::ChatState`].
    JoinChat(ChatRef),
    /// Any chat but a private one; → [`Reply::Done`].
    LeaveChat(ChatRef),
    /// Admins (in groups any member): adds a person; → [`Reply::Done`].
    AddMember(AddMember),
    /// Admins: removes a person of lower role; → [`Reply::Done`].
    RemoveMember(MemberRef),
    /// Owners: names admins, hands over ownership; admins: member and read_only; → [`Reply::Done`].
    SetRole(SetRole),
    /// → [`Reply::Members`].
    ListMembers(ListMembers),

    /// The directory of people, by prefix of any name; → [`Reply::Users`].
    ListUsers(Directory),
    /// The directory of public channels; → [`Reply::Channels`].
    ListChannels(Directory),
    /// Own profile; → [`Reply::Profile`].
    UpdateProfile(UpdateProfile),

    /// Makes an invitation to this server (admins of `general`; with `chat_id` also into a chat); → [`Reply::Invitation`].
    CreateInvitation(CreateInvitation),
    /// Ends an invitation; → [`Reply::Done`].
    RevokeInvitation(InvitationRef),
    /// Someone with an account uses an invitation into a chat; → [`Reply::ChatState`].
    AcceptInvitation(AcceptInvitation),
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

bodies! {
    /// Body of `hello`.
    Hello {
        /// Versions the client speaks.
        versions: Vec<u16>,
        /// Program and version, for the list of sessions.
        #[serde(default)] client: String,
    }
    /// Body of `register` (REST: the given shape).
    Register {
        /// 2–32 of letters, digits, `. _ -`, any script; unique without regard to case.
        username: String,
        /// 8 characters to 256 bytes.
        password: String,
        /// Optional address.
        #[serde(default)] email: Option<String>,
        /// What to show instead of the username.
        #[serde(default)] display_name: String,
        /// The secret of an invitation, where the server wants one.
        #[serde(default)] invitation: Option<String>,
        /// What the list of sessions calls this device.
        #[serde(default)] device_name: String,
    }
    /// Body of `login` (REST: the given shape).
    Login {
        /// Case-insensitive.
        username: String,
        /// The password.
        password: String,
        /// What the list of sessions calls this device.
        #[serde(default)] device_name: String,
    }
    /// Body of `auth`.
    Auth {
        /// An access token.
        token: String,
    }
    /// Body of `refresh`.
    Refresh {
        /// The newest refresh token of this session; each works once.
        refresh_token: String,
    }
    /// Body of `sync`.
    Sync {
        /// At most [`crate::limits::SYNC_SCOPES_MAX`].
        scopes: Vec<ScopeHave>,
    }
    /// What a client has of one scope.
    ScopeHave {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// The revision up to which everything is known; 0 for nothing (→ a snapshot).
        have: u64,
    }
    /// Body of `history`: the `limit` messages before, after or around a `seq`; without any, the newest.
    History {
        /// Which chat.
        chat_id: ChatId,
        /// Only messages with a smaller `seq`, the newest of them.
        #[serde(default)] before_seq: Option<u64>,
        /// Only messages with a larger `seq`, the oldest of them.
        #[serde(default)] after_seq: Option<u64>,
        /// Half before, half from this `seq` on.
        #[serde(default)] around_seq: Option<u64>,
        /// 1 to [`crate::limits::PAGE_MESSAGES_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `message` (the given shape; in REST without `chat_id`).
    PostMessage {
        /// Where to.
        chat_id: ChatId,
        /// Text, or a sealed envelope with `encrypt_for_recipients`.
        content: String,
        /// `text` unless said.
        #[serde(default)] message_type: MessageType,
        /// A message of the same chat.
        #[serde(default)] reply_to: Option<MessageId>,
        /// Members called by name.
        #[serde(default)] mentions: Vec<UserId>,
        /// The sender's own first reactions.
        #[serde(default)] reactions: Vec<String>,
        /// `content` is sealed by the sender.
        #[serde(default)] encrypt_for_recipients: bool,
    }
    /// Body of `edit_message`.
    EditMessage {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// The new content, whole.
        content: String,
        /// The new mentions, whole.
        #[serde(default)] mentions: Vec<UserId>,
    }
    /// Names a message.
    MessageRef {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
    }
    /// Body of `react`.
    React {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// One emoji.
        emoji: String,
        /// `true` adds, `false` takes back.
        on: bool,
    }
    /// A place in a chat's history.
    SeqMark {
        /// The chat.
        chat_id: ChatId,
        /// Up to and with this message.
        seq: u64,
    }
    /// Names a chat.
    ChatRef {
        /// The chat.
        chat_id: ChatId,
    }
    /// Names a person.
    UserRef {
        /// The person.
        user_id: UserId,
    }
    /// Body of `presence`.
    SetPresence {
        /// `offline` hides.
        status: PresenceStatus,
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
    /// Body of `list_users` and `list_channels`.
    Directory {
        /// Prefix of any word of a name, without regard to case and ё/е; empty for all.
        #[serde(default)] query: String,
        /// `next_cursor` of the page before.
        #[serde(default)] cursor: Option<String>,
        /// 1 to [`crate::limits::DIRECTORY_PAGE_MAX`].
        #[serde(default)] limit: Option<u32>,
    }
    /// Body of `update_profile`; what is absent stays.
    UpdateProfile {
        /// What to show.
        #[serde(default)] display_name: Option<String>,
        /// A few words about oneself.
        #[serde(default)] bio: Option<String>,
        /// What one is doing now.
        #[serde(default)] custom_status: Option<String>,
    }
    /// Body of `create_invitation`.
    CreateInvitation {
        /// Also into this chat; without it only to the server (and `general`).
        #[serde(default)] chat_id: Option<ChatId>,
        /// Life in seconds; at most 30 days, 7 days unless said.
        #[serde(default)] expires_in: Option<u32>,
        /// How often it works; 1 to 1,000, 100 unless said.
        #[serde(default)] uses_max: Option<u32>,
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
}

/// One frame from the server: the reply to a request, or an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ServerFrame {
    /// Something happened.
    Event(Event),
    /// The answer to a request.
    Reply {
        /// From the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<RequestId>,
        /// The answer.
        #[serde(flatten)]
        reply: Reply,
    },
}

/// Answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Reply {
    /// To `hello`.
    Welcome(Welcome),
    /// To `auth`, `register`, `login`, `refresh`: the given shape, with tokens unless the request was `auth`.
    AuthSuccess(AuthSuccess),
    /// To `ping`.
    Pong {
        /// The server's clock.
        server_time: Timestamp,
    },
    /// Nothing else to say.
    Done,
    /// To `sync`, one per scope.
    Changes(Changes),
    /// To `history`.
    HistoryPage(HistoryPage),
    /// To what changes a message.
    MessageAccepted(MessageAccepted),
    /// To `list_chats`.
    Chats {
        /// Newest activity first.
        chats: Vec<ChatSummary>,
    },
    /// To what makes, joins or changes a chat.
    ChatState {
        /// As it now is.
        chat: Chat,
    },
    /// To `list_members`.
    Members {
        /// A page, by role then name.
        members: Vec<Member>,
        /// For the next page; absent at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_cursor: Option<String>,
    },
    /// To `list_users`.
    Users {
        /// A page, by name.
        users: Vec<User>,
        /// For the next page; absent at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_cursor: Option<String>,
    },
    /// To `list_channels`.
    Channels {
        /// A page, by name.
        channels: Vec<Chat>,
        /// For the next page; absent at the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_cursor: Option<String>,
    },
    /// To `update_profile`.
    Profile {
        /// As it now is.
        user: User,
    },
    /// To `create_invitation`.
    Invitation(Invitation),
    /// The request was refused; nothing has changed.
    Error(ErrorBody),
}

bodies! {
    /// Body of `welcome`; REST `GET /api/v1/server`.
    Welcome {
        /// The version spoken from now on.
        version: u16,
        /// All the server speaks.
        versions: Vec<u16>,
        /// The server's lasting id (UUID).
        server_id: String,
        /// Changes at every restore from a backup: a client ahead of it offers again what it has.
        incarnation: String,
        /// What people call this server.
        name: String,
        /// `true`: `register` needs an invitation.
        invitation_required: bool,
        /// See [`crate::limits::HEARTBEAT_MS`].
        heartbeat_ms: u32,
        /// The pin that invitations to this server carry (SHA-256 of its certificate's SPKI, base64url); only where the
        /// server made its certificate itself. For links: a connection is pinned by the link it came from, never by this.
        #[serde(default, skip_serializing_if = "Option::is_none")] pin: Option<String>,
    }
    /// Body of `auth_success`.
    AuthSuccess {
        /// Who.
        user_id: UserId,
        /// By what name.
        username: String,
        /// Life of the access token, in seconds.
        expires_in: u32,
        /// Not after `auth`.
        #[serde(default, skip_serializing_if = "Option::is_none")] access_token: Option<String>,
        /// Not after `auth`.
        #[serde(default, skip_serializing_if = "Option::is_none")] refresh_token: Option<String>,
    }
    /// Body of `changes`: the rows of a scope that changed in `(from, to]`, each as it now is, by `rev`.
    Changes {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// What the client had said it has.
        from: u64,
        /// What it has after applying this.
        to: u64,
        /// The scope's newest revision; above `to`: ask again.
        head: u64,
        /// `true`: not all history, but the present: chat, members, and the newest page of messages. Forget what was there.
        #[serde(default)] snapshot: bool,
        /// The rows.
        rows: Vec<Row>,
        /// In chats of at most [`crate::limits::RECEIPTS_MEMBERS_MAX`], everyone's marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] receipts: Vec<Receipt>,
    }
    /// Body of `history_page`.
    HistoryPage {
        /// Which chat.
        chat_id: ChatId,
        /// By `seq`, rising, without holes.
        messages: Vec<Message>,
        /// There are older ones.
        has_more_before: bool,
        /// There are newer ones.
        has_more_after: bool,
    }
    /// Body of `message_accepted`: on disk, in its place.
    MessageAccepted {
        /// The chat.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
        /// Its place.
        seq: u64,
        /// The revision of this change.
        rev: u64,
        /// When the server accepted the message.
        timestamp: Timestamp,
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
    }
    /// Body of `error`, on every transport.
    ErrorBody {
        /// What to match on.
        code: ErrorCode,
        /// For people.
        message: String,
        /// When to try again.
        #[serde(default, skip_serializing_if = "Option::is_none")] retry_after_ms: Option<u32>,
    }
}

impl From<ProtocolError> for ErrorBody {
    fn from(e: ProtocolError) -> Self {
        Self { code: e.code, message: e.message, retry_after_ms: e.retry_after_ms }
    }
}

impl From<ErrorBody> for ProtocolError {
    fn from(e: ErrorBody) -> Self {
        Self { code: e.code, message: e.message, retry_after_ms: e.retry_after_ms }
    }
}

/// What the server tells unasked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The given frame: a message was posted (also by oneself, on every own connection).
    NewMessage {
        /// Where.
        chat_id: ChatId,
        /// As it now is; `message.rev` is the event's revision.
        message: Message,
    },
    /// Any other row of a scope changed (an edited or deleted message, a reaction, a member, a chat, a profile …).
    RowChanged {
        /// Which scope.
        scope: Scope,
        /// As it now is; [`Row::rev`] is the event's revision.
        row: Row,
    },
    /// Someone's marks moved.
    Receipt {
        /// Where.
        chat_id: ChatId,
        /// The marks.
        #[serde(flatten)]
        receipt: Receipt,
    },
    /// Someone is typing.
    Typing {
        /// Where.
        chat_id: ChatId,
        /// Who.
        user_id: UserId,
    },
    /// Someone came or went.
    Presence {
        /// Who.
        user_id: UserId,
        /// Now.
        status: PresenceStatus,
        /// When last there, while offline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_seen: Option<Timestamp>,
    },
    /// The heartbeat: newest revisions of scopes that moved lately; a client behind them asks with `sync`.
    Heads {
        /// Scope and newest revision.
        heads: Vec<ScopeHead>,
    },
    /// The server closes this connection; come back with `sync` from what you have.
    Closing {
        /// `slow_consumer`, `stopping`, `session_ended`, `token_expired`.
        reason: CloseReason,
    },
}

/// Why the server closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// More was queued for this connection than is kept; nothing is lost, resume with `sync`.
    SlowConsumer,
    /// The server is stopping; come back with jitter.
    Stopping,
    /// Logged out, here or elsewhere.
    SessionEnded,
    /// The access token ended and no `auth` came.
    TokenExpired,
    /// From a newer server.
    #[serde(other)]
    Other,
}

bodies! {
    /// The newest revision of a scope.
    ScopeHead {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// Its newest revision.
        rev: u64,
    }
}

impl ServerFrame {
    /// A reply.
    pub fn reply(request_id: Option<RequestId>, reply: Reply) -> Self {
        ServerFrame::Reply { request_id, reply }
    }

    /// A refusal.
    pub fn error(request_id: Option<RequestId>, error: ProtocolError) -> Self {
        ServerFrame::Reply { request_id, reply: Reply::Error(error.into()) }
    }
}
