//! What a person can ask for.

use protocol::poll::NewPoll;
use protocol::timed::When;
use protocol::{
    ChatId, ChatKind, Contact, FileId, FileInfo, LocalId, MessageId, PresenceStatus, Privacy, Rights, Role, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};

use crate::export::ExportFormat;
use crate::files::{NewEmoji, SendFile, Way};
use crate::host::HostCommand;
use crate::preferences::Preferences;
use crate::rows::{ChatSettings, OwnEmoji};
use crate::shared::SharedKind;

/// A command with the number under which its [`crate::CommandReply`] comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandEnvelope {
    /// Counted by the UI from 1.
    pub id: u32,
    /// What is asked.
    pub command: Command,
}

/// Where a server is and how to be sure that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerTarget {
    /// A link `hybrid://join/…`: addresses, pin, secret.
    Invitation {
        /// As pasted or scanned.
        link: String,
    },
    /// An address as typed: `https://team.example`, `127.0.0.1:8080`. Plain HTTP only on loopback.
    Address {
        /// As typed.
        address: String,
    },
    /// The server that this page came from (browser) or that this app hosts (desktop).
    Here,
}

/// What the composer holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The text as typed.
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

/// Everything the UI can ask its host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// First of all: the host answers with [`crate::Update::Stage`], preferences and, when logged in, the chat list.
    Start,
    /// Opens a locked cache (no keyring): the passphrase made at the first start.
    Unlock {
        /// Never logged, never stored.
        passphrase: String,
    },
    /// Reads an invitation or an address without joining: → `Reply` with [`crate::update::ReplyBody::ServerFound`].
    Probe {
        /// Where.
        server: ServerTarget,
    },
    /// Makes an account and enters.
    Register {
        /// Where.
        server: ServerTarget,
        /// 2–32 characters.
        username: String,
        /// At least 8 characters.
        password: String,
        /// What to show; may be empty.
        display_name: String,
    },
    /// Enters with an account.
    Login {
        /// Where.
        server: ServerTarget,
        /// Case-insensitive.
        username: String,
        /// The password.
        password: String,
    },
    /// Ends the session and erases the cache of this account from this device.
    Logout,

    /// Shows a chat: → [`crate::Update::Timeline`] reset at the first unread, or the end; then diffs until `CloseChat`.
    OpenChat {
        /// Which; one is open at a time.
        chat_id: ChatId,
    },
    /// No chat is on screen.
    CloseChat,
    /// More history above what is shown.
    LoadOlder {
        /// The open chat.
        chat_id: ChatId,
    },
    /// More below, after a jump.
    LoadNewer {
        /// The open chat.
        chat_id: ChatId,
    },
    /// Resets the timeline around a message (a quote, a search hit, a notification).
    JumpTo {
        /// The chat; opened if it is not.
        chat_id: ChatId,
        /// The message.
        message_id: MessageId,
    },
    /// Resets the timeline at the first message of a moment's day, or after it.
    JumpToTime {
        /// The open chat.
        chat_id: ChatId,
        /// The beginning of the day.
        at: Timestamp,
    },
    /// Shows a thread beside the chat: → [`crate::Update::Thread`] reset, then diffs until `CloseThread`.
    OpenThread {
        /// Where.
        chat_id: ChatId,
        /// Its first message.
        message_id: MessageId,
    },
    /// No thread is on screen.
    CloseThread,
    /// The newest of a thread was on screen.
    MarkThreadRead {
        /// Where.
        chat_id: ChatId,
        /// Its first message.
        message_id: MessageId,
    },
    /// Threads that one follows, newest first: → [`crate::update::ReplyBody::Threads`].
    ListThreads,
    /// Resets the timeline to the newest.
    JumpToLatest {
        /// The open chat.
        chat_id: ChatId,
    },

    /// Posts: the bubble is on screen before any network.
    Send {
        /// Where.
        chat_id: ChatId,
        /// The message's id, made by the UI (UUIDv7).
        local_id: LocalId,
        /// Text and reply.
        draft: Draft,
        /// People mentioned.
        mentions: Vec<UserId>,
        /// In the thread of this message.
        #[serde(default)]
        thread: Option<MessageId>,
    },
    /// As [`Command::Send`], with picked files; the text may be empty. It is posted once they are on the server.
    SendFiles {
        /// Where.
        chat_id: ChatId,
        /// The message's id, made by the UI (UUIDv7).
        local_id: LocalId,
        /// Text and reply.
        draft: Draft,
        /// People mentioned.
        mentions: Vec<UserId>,
        /// In the thread of this message.
        thread: Option<MessageId>,
        /// 1 to [`protocol::limits::ATTACHMENTS_MAX`], in their order.
        files: Vec<SendFile>,
    },
    /// Desktop: asks the person for files: → [`crate::Update::Picked`]. A browser's page hands them to its host by itself.
    PickFiles,
    /// Takes back a picked file that no message has.
    DropPicked {
        /// Which.
        file_id: FileId,
    },
    /// Desktop: asks the person where to keep a file of a message, and fetches it: → [`crate::Update::Transfer`]. In a browser
    /// the file goes to where the browser keeps what it fetches.
    SaveFile {
        /// As its message tells of it.
        file: FileInfo,
    },
    /// Holds a file back for now.
    PauseTransfer {
        /// Which.
        file_id: FileId,
        /// Which way.
        way: Way,
    },
    /// Goes on with a file that is paused or failed.
    ResumeTransfer {
        /// Which.
        file_id: FileId,
        /// Which way.
        way: Way,
    },
    /// Ends it: one that comes down is forgotten; of a message under way the file is taken out, and the message with its last
    /// file if it has no text.
    CancelTransfer {
        /// Which.
        file_id: FileId,
        /// Which way.
        way: Way,
    },
    /// Desktop: opens a saved file with the system's program for it.
    OpenFile {
        /// Which.
        file_id: FileId,
    },
    /// Desktop: shows a saved file in its folder.
    ShowFile {
        /// Which.
        file_id: FileId,
    },
    /// Changes an own message.
    Edit {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
        /// The new text, whole.
        text: String,
        /// The new mentions, whole.
        mentions: Vec<UserId>,
    },
    /// Deletes for everyone.
    Delete {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
    },
    /// Adds or takes back a reaction.
    React {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
        /// One emoji.
        emoji: String,
        /// Adds or takes back.
        on: bool,
    },
    /// Asks: a message that one can vote on. Works offline.
    SendPoll {
        /// Where.
        chat_id: ChatId,
        /// The message's id, made by the UI (UUIDv7).
        local_id: LocalId,
        /// The question.
        question: String,
        /// What can be answered.
        poll: NewPoll,
        /// In the thread of this message.
        #[serde(default)]
        thread: Option<MessageId>,
    },
    /// Votes, in place of an earlier vote. Works offline.
    Vote {
        /// Where.
        chat_id: ChatId,
        /// The message that asks.
        message_id: MessageId,
        /// What one chooses, counted from 0; nothing takes the vote back.
        options: Vec<u32>,
    },
    /// Nobody votes any more.
    ClosePoll {
        /// Where.
        chat_id: ChatId,
        /// The message that asks.
        message_id: MessageId,
    },
    /// Who chose an answer: → [`crate::update::ReplyBody::Voters`].
    ListVoters {
        /// Where.
        chat_id: ChatId,
        /// The message that asks.
        message_id: MessageId,
        /// Which answer, counted from 0.
        option: u32,
        /// From the page before.
        cursor: Option<String>,
    },
    /// Takes the preview of a link from an own message, for good. Works offline.
    RemovePreview {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
    },
    /// Says messages again in other chats, in their order.
    Forward {
        /// Where they are.
        chat_id: ChatId,
        /// Which, oldest first.
        message_ids: Vec<MessageId>,
        /// Where to say them.
        to: Vec<ChatId>,
    },
    /// Keeps a message at the chat's head, or not.
    Pin {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
        /// Pins or takes the pin away.
        on: bool,
    },
    /// Keeps a message among one's saved ones, or not. Works offline, syncs.
    SaveMessage {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
        /// Saves or forgets.
        on: bool,
    },
    /// What is pinned in a chat, pinned last first: → [`crate::update::ReplyBody::Found`]; offline from the cache.
    ListPinned {
        /// Which chat.
        chat_id: ChatId,
    },
    /// Files or links of a chat in the cache, newest first: → [`crate::update::ReplyBody::Shared`].
    ListShared {
        /// Which chat.
        chat_id: ChatId,
        /// Which of them.
        what: SharedKind,
        /// `next` of the page before.
        cursor: Option<String>,
    },
    /// The same from the server, which has what the cache lacks; the cache keeps it.
    FetchShared {
        /// Which chat.
        chat_id: ChatId,
        /// Which of them.
        what: SharedKind,
        /// `next` of the page before, of the server.
        cursor: Option<String>,
    },
    /// One's saved messages, saved last first: → [`crate::update::ReplyBody::Found`].
    ListSaved,
    /// Messages that mention oneself, newest first: → [`crate::update::ReplyBody::Found`].
    ListMentions,
    /// Whose devices can read a chat: → [`crate::update::ReplyBody::Readers`].
    ListReaders {
        /// Which.
        chat_id: ChatId,
    },
    /// Compares what was scanned from the person's screen, or the digits that they see, with the own number; the same makes the person
    /// verified: → [`crate::update::ReplyBody::Compared`].
    CompareCode {
        /// Who.
        user_id: UserId,
        /// As scanned, pasted or typed.
        code: String,
    },
    /// The person is not verified any more.
    UnverifyPerson {
        /// Who.
        user_id: UserId,
    },
    /// Takes an own device out of all chats and ends its session.
    RemoveDevice {
        /// Which.
        device_id: protocol::DeviceId,
    },
    /// A code that confirms a new device of this person: → [`crate::update::ReplyBody::Code`].
    MakeLinkCode,
    /// A key for paper that confirms a device when all others are lost; an earlier one stops working: → `Code`.
    MakeRecoveryKey,
    /// Confirms this device by a code that another one shows, or by the recovery key.
    EnterCode {
        /// As it was typed.
        code: String,
    },
    /// Confirms this device without any other: a new key for the person, all other devices are removed, what was said so far
    /// in encrypted chats is not read here.
    BeginAnew,
    /// What a message said before it was changed: → [`crate::update::ReplyBody::Versions`].
    ListVersions {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
    },
    /// Keeps a message to be sent later, or changes one that is kept under this id. Works offline, syncs; the list comes as
    /// [`crate::Update::Scheduled`].
    Schedule {
        /// Where.
        chat_id: ChatId,
        /// The id that the message will have, made by the UI.
        local_id: LocalId,
        /// Text and reply.
        draft: Draft,
        /// People mentioned.
        mentions: Vec<UserId>,
        /// In the thread of this message.
        #[serde(default)]
        thread: Option<MessageId>,
        /// When.
        when: When,
    },
    /// Reminds of a message, once, on each device; again moves the moment. Works offline, syncs; the list comes as
    /// [`crate::Update::Reminders`].
    Remind {
        /// Where it is.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
        /// When.
        when: When,
    },
    /// Reminds of it no more.
    DropReminder {
        /// Of which.
        message_id: MessageId,
    },
    /// Does not send it.
    DropScheduled {
        /// Which.
        local_id: LocalId,
    },
    /// Sends it now.
    SendScheduled {
        /// Which.
        local_id: LocalId,
    },
    /// Sends a failed message again.
    RetrySend {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
    },
    /// Throws a failed or queued message away.
    DiscardSend {
        /// Where.
        chat_id: ChatId,
        /// Which.
        message_id: MessageId,
    },
    /// Keeps what the composer holds.
    SaveDraft {
        /// Where.
        chat_id: ChatId,
        /// What; empty text and no reply deletes.
        draft: Draft,
    },
    /// Keeps how the person wants a chat: pinned, archived, muted, marked unread. Works offline, syncs.
    SetChatSettings {
        /// Which.
        chat_id: ChatId,
        /// All of them.
        settings: ChatSettings,
    },
    /// Keeps the emoji used last and the skin tone. Works offline, syncs.
    KeepEmoji {
        /// All of it.
        emoji: OwnEmoji,
    },
    /// Keeps a wish about the interface, see [`crate::kept`]; `None` takes it away. Works offline, syncs. What may not be kept
    /// is refused with [`protocol::ErrorCode::InvalidField`].
    Keep {
        /// `ui:…`
        key: String,
        /// JSON of it.
        value: Option<String>,
    },
    /// Everything up to this `seq` was on screen, in a focused window.
    MarkRead {
        /// Where.
        chat_id: ChatId,
        /// Up to and with.
        seq: u64,
    },
    /// A key was pressed in the composer; the host thins them out.
    Typing {
        /// Where.
        chat_id: ChatId,
    },
    /// The window is (not) in use.
    SetPresence {
        /// What others see.
        status: PresenceStatus,
    },

    /// Makes a group or channel; works offline.
    CreateChat {
        /// Its id, made by the UI.
        local_id: LocalId,
        /// Group or channel.
        kind: ChatKind,
        /// 1–80 characters.
        name: String,
        /// What it is about.
        description: String,
        /// First members.
        members: Vec<UserId>,
        /// Channels only: in the directory.
        public: bool,
        /// Groups only: end-to-end encrypted from the beginning.
        #[serde(default)]
        encrypted: bool,
    },
    /// Opens the private chat with a person: → `Reply` with [`crate::update::ReplyBody::Chat`]; works offline.
    OpenPrivate {
        /// With whom.
        user_id: UserId,
    },
    /// Name, description, public.
    UpdateChat {
        /// Which.
        chat_id: ChatId,
        /// New name.
        name: Option<String>,
        /// New description.
        description: Option<String>,
        /// In the directory or not.
        public: Option<bool>,
        /// Who may do what, all of it.
        rights: Option<Rights>,
    },
    /// What one is doing now, until a moment; all empty: nothing is said.
    SetStatus {
        /// One emoji, or empty.
        emoji: String,
        /// 0–80 characters.
        text: String,
        /// Ends by itself then.
        until: Option<Timestamp>,
    },
    /// What others see of oneself.
    SetPrivacy {
        /// All of it.
        privacy: Privacy,
    },
    /// How to reach oneself; who sees it is said by the privacy.
    SetContact {
        /// All of it.
        contact: Contact,
    },
    /// Blocks someone, or not: they cannot write privately, and nothing is heard of them.
    Block {
        /// Who.
        user_id: UserId,
        /// Block.
        on: bool,
    },
    /// What concerns oneself; → [`ReplyBody::Inbox`](crate::update::ReplyBody::Inbox).
    ListInbox,
    /// All of that was seen; the other devices learn of it.
    MarkInboxRead,
    /// Whom one has blocked; → [`ReplyBody::People`](crate::update::ReplyBody::People).
    ListBlocked,
    /// Asks when people were last there; told as [`Update::Person`](crate::Update::Person).
    WhenSeen {
        /// Who.
        user_ids: Vec<UserId>,
    },
    /// Makes a group end-to-end encrypted, for good.
    EncryptChat {
        /// Which.
        chat_id: ChatId,
    },
    /// Lets new messages of a chat go after so many seconds, or stay.
    SetDisappearing {
        /// Which.
        chat_id: ChatId,
        /// See [`protocol::limits::DISAPPEAR_SECONDS_MIN`].
        after: Option<u32>,
    },
    /// Joins a public channel.
    JoinChat {
        /// Which.
        chat_id: ChatId,
    },
    /// Leaves.
    LeaveChat {
        /// Which.
        chat_id: ChatId,
    },
    /// Adds a person.
    AddMember {
        /// Which chat.
        chat_id: ChatId,
        /// Whom.
        user_id: UserId,
    },
    /// Removes a person.
    RemoveMember {
        /// Which chat.
        chat_id: ChatId,
        /// Whom.
        user_id: UserId,
    },
    /// Gives a role.
    SetRole {
        /// Which chat.
        chat_id: ChatId,
        /// Whom.
        user_id: UserId,
        /// What.
        role: Role,
    },
    /// → `Reply` with [`crate::update::ReplyBody::Members`]; fresh ones follow as [`crate::Update::Members`].
    ListMembers {
        /// Which chat.
        chat_id: ChatId,
    },
    /// People by any part of a name, from the cache: → [`crate::update::ReplyBody::People`].
    ListPeople {
        /// Empty for all.
        query: String,
    },
    /// Public channels: → [`crate::update::ReplyBody::Channels`].
    ListChannels {
        /// Empty for all.
        query: String,
    },
    /// The same on the server, which has what the cache lacks: → [`crate::update::ReplyBody::FoundMore`].
    SearchServer {
        /// What was typed.
        query: String,
        /// Only in this chat.
        chat_id: Option<ChatId>,
        /// From the page before.
        cursor: Option<String>,
    },
    /// Words in messages of the cache, and what narrows them, `from:anna in:design has:file before:2026-01-31` (`от:`, `в:`, `есть:`,
    /// `до:`, `после:`): → [`crate::update::ReplyBody::Found`].
    Search {
        /// What was typed.
        query: String,
        /// Only in this chat.
        chat_id: Option<ChatId>,
    },
    /// Begins to record a voice message with the device's microphone: → [`crate::Update::Recording`] until it is stopped. Desktop only.
    StartRecording,
    /// Ends the recording. Kept, it comes as a picked file ([`crate::Update::Picked`]): → [`crate::update::ReplyBody::Recorded`].
    StopRecording {
        /// What the file is called, without an ending.
        name: String,
        /// Else it is thrown away: → done.
        keep: bool,
    },
    /// A picked picture becomes an emoji of the team, once it is up; admins of `general`; needs the network; → done.
    AddEmoji {
        /// Which, and what it is called.
        emoji: NewEmoji,
    },
    /// Takes one of the team's emoji away; admins of `general`; needs the network; → done.
    RemoveEmoji {
        /// Which.
        name: String,
    },
    /// A picture of oneself or of a chat: shows at once, goes to the server when there is one.
    SetAvatar {
        /// The chat; absent, oneself.
        chat_id: Option<ChatId>,
        /// A picked picture ([`crate::PickedRow`]); none takes it away.
        file_id: Option<FileId>,
    },
    /// Own profile.
    UpdateProfile {
        /// What to show.
        display_name: Option<String>,
        /// A few words.
        bio: Option<String>,
        /// What one is doing now.
        custom_status: Option<String>,
    },
    /// A link that brings someone to this team: → [`crate::update::ReplyBody::Invitation`].
    CreateInvitation {
        /// Also into this chat.
        chat_id: Option<ChatId>,
        /// Life in seconds; the server's usual unless said.
        #[serde(default)]
        expires_in: Option<u32>,
        /// How many people it lets in; the server's usual unless said.
        #[serde(default)]
        uses_max: Option<u32>,
        /// Whoever uses it asks first; only into a chat.
        #[serde(default)]
        approval: bool,
    },
    /// Uses a link that was made for a chat of this team: → [`crate::update::ReplyBody::Chat`], or
    /// [`crate::update::ReplyBody::JoinRequested`] when someone has to decide.
    AcceptInvitation {
        /// As pasted or scanned.
        link: String,
    },
    /// Who asked to come into a chat: → [`crate::update::ReplyBody::JoinRequests`].
    ListJoinRequests {
        /// Which chat.
        chat_id: ChatId,
    },
    /// Lets someone in who asked, or not.
    AnswerJoin {
        /// Which chat.
        chat_id: ChatId,
        /// Who asked.
        user_id: UserId,
        /// Comes in, or not.
        accept: bool,
    },
    /// Keeps preferences; → [`crate::Update::Preferences`].
    SetPreferences {
        /// All of them.
        preferences: Preferences,
    },
    /// Writes all that this device can read into one sealed file that the person keeps: → [`crate::update::ReplyBody::Exported`]
    /// once it is written or given up, which may take as long as a dialog stays open.
    Export {
        /// At least [`crate::export::PASSPHRASE_CHARS_MIN`] characters; never stored.
        passphrase: String,
        /// How it is sealed.
        format: ExportFormat,
    },
    /// Network back, or the person pressed "try now".
    Reconnect,
    /// Desktop only: hosting and finding teams.
    Host {
        /// What.
        host: HostCommand,
    },
}
