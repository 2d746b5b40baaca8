//! The frames. A client sends [`ClientFrame`]s, the server answers and tells with [`ServerFrame`]s.
//!
//! Every mutation may carry `local_id`: repeated with the same id it changes nothing and gets the first reply.
//! Every request may carry `request_id`: its reply, or its `error`, carries the same.

/// Bodies: plain structs whose fields are the wire's.
macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
    )*};
}

mod session;

mod sync;

mod messages;

mod chats;

mod people;

mod items;

mod files;

mod polls;

mod search;

mod encryption;

pub use chats::*;
pub use encryption::*;
pub use files::*;
pub use items::*;
pub use messages::*;
pub use people::*;
pub use polls::*;
pub use search::*;
pub use session::*;
pub use sync::*;

use serde::{Deserialize, Serialize};

use crate::encryption::Device;
use crate::error::ProtocolError;
use crate::file::FileInfo;
use crate::id::{ChatId, LocalId, RequestId, UserId};
use crate::model::{Chat, Item, Member, Message, PresenceStatus, Receipt, User, Version};
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

    /// A page of one thread; → [`Reply::ThreadMessages`].
    Thread(ThreadPage),

    /// The given frame: posts; → [`Reply::MessageAccepted`].
    Message(PostMessage),
    /// Own messages; → [`Reply::MessageAccepted`].
    EditMessage(EditMessage),
    /// Own messages; admins anyone's; → [`Reply::MessageAccepted`].
    DeleteMessage(MessageRef),
    /// Adds or takes back one's own reaction; → [`Reply::MessageAccepted`].
    React(React),
    /// Keeps a message at the chat's head, or not: admins in channels, any writer elsewhere; → [`Reply::MessageAccepted`].
    PinMessage(PinMessage),
    /// → [`Reply::Pinned`].
    ListPinned(ChatRef),
    /// Votes in a poll, in place of what one chose before; → [`Reply::MessageAccepted`].
    Vote(Vote),
    /// Its writer, and admins: nobody votes in this poll any more; → [`Reply::MessageAccepted`].
    ClosePoll(MessageRef),
    /// Who chose an answer, unless the poll is anonymous; → [`Reply::Voters`].
    ListVoters(ListVoters),
    /// Its writer: takes the preview of a link from a message, for good; → [`Reply::MessageAccepted`].
    RemovePreview(MessageRef),
    /// Messages of one's own chats by their words; → [`Reply::Found`].
    Search(Search),
    /// What a message said before it was changed; → [`Reply::Versions`].
    ListVersions(MessageRef),
    /// What is known of a file; → [`Reply::FileState`].
    GetFile(FileRef),
    /// The files of a chat; → [`Reply::Files`].
    ListFiles(ListFiles),
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
    /// Admins of `general`: an emoji or sticker of the team's own; → [`Reply::Done`].
    PutEmoji(PutEmoji),
    /// Admins of `general`: takes one away; → [`Reply::Done`].
    RemoveEmoji(EmojiRef),
    /// One's own picture, or (admins) a chat's; → [`Reply::Profile`], or [`Reply::ChatState`] for a chat.
    SetAvatar(SetAvatar),
    /// When people were last there; → [`Reply::LastSeen`].
    LastSeen(AskLastSeen),

    /// Keeps one entry of one's own data, or takes it away; → [`Reply::ItemState`].
    PutItem(PutItem),

    /// Makes this log-in a device for encrypted chats, and gives it key packages; → [`Reply::DeviceState`].
    PublishKeys(PublishKeys),
    /// Takes an own device out of everything, and ends its session; → [`Reply::Done`].
    RemoveDevice(DeviceRef),
    /// Key packages of the devices that are missing in a chat's group; → [`Reply::Keys`].
    ClaimKeys(ChatRef),
    /// Ends an epoch of a chat's group: one for each is accepted; → [`Reply::CommitAccepted`].
    Commit(Commit),
    /// The commits of a chat's group; → [`Reply::Commits`].
    ListCommits(ListCommits),
    /// Who may add people to an encrypted group: what was said in it, for a newcomer; → [`Reply::Done`].
    HandPast(HandPast),

    /// Makes an invitation to this server (admins of `general`; with `chat_id` also into a chat); → [`Reply::Invitation`].
    CreateInvitation(CreateInvitation),
    /// Ends an invitation; → [`Reply::Done`].
    RevokeInvitation(InvitationRef),
    /// Someone with an account uses an invitation into a chat; → [`Reply::ChatState`], or [`Reply::JoinRequested`] when someone has
    /// to decide.
    AcceptInvitation(AcceptInvitation),
    /// Those who may invite: who asked to come in; → [`Reply::JoinRequests`].
    ListJoinRequests(ChatRef),
    /// Those who may invite: lets someone in who asked, or not; → [`Reply::Done`].
    AnswerJoin(AnswerJoin),
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
    /// To `thread`.
    ThreadMessages(ThreadMessages),
    /// To what changes a message.
    MessageAccepted(MessageAccepted),
    /// To `list_pinned`.
    Pinned {
        /// Pinned last, first.
        messages: Vec<Message>,
    },
    /// To `list_versions`.
    Versions {
        /// Oldest first, without the present one.
        versions: Vec<Version>,
    },
    /// To `list_voters`.
    Voters(Voters),
    /// To `search`.
    Found(Found),
    /// To `get_file`.
    FileState {
        /// The file.
        file: FileInfo,
    },
    /// To `list_files`.
    Files(FilesPage),
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
    /// To `update_profile`, and to `set_avatar` for oneself.
    Profile {
        /// As it now is.
        user: User,
    },
    /// To `last_seen`.
    LastSeen {
        /// Those who exist, in the order asked.
        people: Vec<Seen>,
    },
    /// To `put_item`.
    ItemState {
        /// As it now is.
        item: Item,
    },
    /// To `publish_keys`.
    DeviceState {
        /// As it now is.
        device: Device,
    },
    /// To `claim_keys`.
    Keys(Keys),
    /// To `commit`.
    CommitAccepted(CommitAccepted),
    /// To `list_commits`.
    Commits(Commits),
    /// To `create_invitation`.
    Invitation(Invitation),
    /// To `accept_invitation`, when someone has to decide.
    JoinRequested(JoinRequested),
    /// To `list_join_requests`.
    JoinRequests(JoinRequests),
    /// The request was refused; nothing has changed.
    Error(ErrorBody),
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
