//! What the host tells the UI.

use protocol::{ChatId, Contact, ErrorCode, LocalId, MessageId, Privacy, TeamEmoji, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::command::Draft;
use crate::files::{PickedRow, TransferRow};
use crate::host::HostUpdate;
use crate::inbox::InboxRow;
use crate::kept::Kept;
use crate::preferences::Preferences;
use crate::rows::{
    ChatRow, MemberRow, MessageRow, OwnEmoji, PersonRow, ReminderRow, ScheduledRow, ThreadRow, VersionRow,
};
use crate::shared::SharedRow;

/// One thing that changed on screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "made one at a time and sent at once; a box would show in every match")]
pub enum Update {
    /// Which of the big screens to show.
    Stage {
        /// Which.
        stage: Stage,
    },
    /// The state of the connection, for the banner.
    Connection {
        /// Which.
        connection: Connection,
    },
    /// After `Start` and after each change.
    Preferences {
        /// All of them.
        preferences: Preferences,
    },
    /// The whole chat list, in order.
    Chats {
        /// Newest activity first.
        chats: Vec<ChatRow>,
    },
    /// One chat changed or came; it goes to `index` of the list (after taking it out from where it was).
    ChatChanged {
        /// The row.
        chat: ChatRow,
        /// Where it now stands.
        index: usize,
    },
    /// A chat is gone from the list.
    ChatRemoved {
        /// Which.
        chat_id: ChatId,
    },
    /// The open timeline changed.
    Timeline {
        /// Which chat; ignore when it is not open.
        chat_id: ChatId,
        /// In order.
        diffs: Vec<TimelineDiff>,
    },
    /// The open thread changed: its first message and those under it.
    Thread {
        /// Which chat.
        chat_id: ChatId,
        /// Its first message; ignore when it is not open.
        message_id: MessageId,
        /// In order.
        diffs: Vec<TimelineDiff>,
    },
    /// How many threads that one follows have something new.
    Threads {
        /// Of them.
        unread: u32,
    },
    /// The emoji that one uses: after `Start`, and when another device changed them.
    OwnEmoji {
        /// All of it.
        emoji: OwnEmoji,
    },
    /// Wishes about the interface: all of them after `Start`, later those that another device changed. To be laid over what is
    /// known; made by any version, so whoever reads one bounds and checks it.
    Kept {
        /// By key.
        entries: Vec<Kept>,
    },
    /// Own devices, and what this one may do in encrypted chats.
    Devices {
        /// This one.
        standing: crate::DeviceStanding,
        /// Oldest first.
        devices: Vec<crate::DeviceRow>,
    },
    /// All messages that are to be sent later, soonest first.
    Scheduled {
        /// Of all chats.
        messages: Vec<ScheduledRow>,
    },
    /// Messages that one is reminded of: those that rang first, the last of them first; then those to come, soonest first.
    Reminders {
        /// Of all chats.
        reminders: Vec<ReminderRow>,
    },
    /// All emoji of the team, by name: after `Start`.
    TeamEmoji {
        /// Without those that were taken away.
        emoji: Vec<TeamEmoji>,
    },
    /// One of them came, changed, or was taken away.
    TeamEmojiChanged {
        /// As it now is.
        emoji: TeamEmoji,
    },
    /// How loud the microphone is now, twenty times a second while it records: 0 to 255.
    Recording {
        /// The loudest of that moment.
        level: u8,
    },
    /// How much of what concerns oneself is new.
    Inbox {
        /// Mentions, answers and reactions.
        unread: u32,
    },
    /// What others see of oneself, and how to reach oneself.
    Privacy {
        /// Who sees what.
        privacy: Privacy,
        /// Kept by oneself.
        contact: Contact,
    },
    /// Files that the person chose, for the tray of the composer that is in use.
    Picked {
        /// In their order.
        files: Vec<PickedRow>,
    },
    /// All files under way: after `Start`.
    Transfers {
        /// In any order.
        transfers: Vec<TransferRow>,
    },
    /// One of them moved: at most a few times a second.
    Transfer {
        /// How it stands.
        transfer: TransferRow,
    },
    /// What the composer of a chat just opened shall hold.
    Draft {
        /// Which chat.
        chat_id: ChatId,
        /// What.
        draft: Draft,
    },
    /// The members of the open chat, when they were asked for and changed.
    Members {
        /// Which chat.
        chat_id: ChatId,
        /// By role, then name.
        members: Vec<MemberRow>,
    },
    /// A person's profile or presence changed.
    Person {
        /// As they now are.
        person: PersonRow,
    },
    /// Sums over all chats, for the badge and the tray.
    Unread {
        /// Unread messages.
        messages: u64,
        /// Unread mentions.
        mentions: u64,
    },
    /// Something to notify of, when the window is not looking at it.
    Notice {
        /// What.
        notice: Notice,
    },
    /// Desktop: hosting and discovery.
    Host {
        /// What.
        host: HostUpdate,
    },
    /// The answer to a command.
    Reply {
        /// The command's number.
        id: u32,
        /// How it went.
        reply: CommandReply,
    },
}

/// The big screens.
#[allow(clippy::large_enum_variant, reason = "told once at each start, and never in numbers")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is known yet.
    Starting,
    /// The cache wants a passphrase; `new`: one is to be made (there is no keyring on this system).
    Locked {
        /// Make one.
        new: bool,
        /// It is the app lock's: who forgot it can begin anew.
        #[serde(default)]
        lock: bool,
    },
    /// Desktop: the cache's key is in the system's keyring, which gave nothing in time. [`crate::HostCommand::AskKeyring`]
    /// asks again, [`crate::HostCommand::WithoutKeyring`] goes on without; a key that comes late opens by itself.
    KeyringClosed,
    /// A browser: another tab has taken the cache over. `Start` takes it back.
    Elsewhere,
    /// No account: Host · Join · Sign in.
    Welcome {
        /// This build can host (desktop).
        can_host: bool,
        /// A browser: the server that this page came from, by name.
        here: Option<String>,
        /// The session was ended elsewhere: say so above.
        session_ended: bool,
    },
    /// In.
    Ready {
        /// Oneself.
        me: Me,
    },
}

/// Oneself and one's team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Own profile.
    pub person: PersonRow,
    /// What the team is called.
    pub team: String,
    /// Where the server is, for people.
    pub address: String,
    /// This app hosts it.
    pub hosting: bool,
}

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Connection {
    /// Being made for the first time.
    Connecting,
    /// Made; what was missed is being fetched.
    CatchingUp,
    /// Up to date.
    Online,
    /// Not there; all is readable, what is written waits.
    Offline {
        /// When it is tried again, if it is.
        retry_at: Option<Timestamp>,
        /// How many changes wait to be sent.
        waiting: u32,
        /// Why, where one can say.
        reason: Option<Failure>,
    },
}

/// Where the timeline shall stand after a reset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum TimelinePosition {
    /// At the newest.
    End,
    /// The line "new messages" is above this message; show it near the top.
    FirstUnread {
        /// The first unread.
        id: MessageId,
    },
    /// This message in the middle, marked for a moment.
    Message {
        /// Which.
        id: MessageId,
    },
}

/// A change of the open timeline. Rows are kept sorted by [`MessageRow::order`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "diff", rename_all = "snake_case")]
pub enum TimelineDiff {
    /// Everything anew.
    Reset {
        /// By `order`.
        rows: Vec<MessageRow>,
        /// Older ones can be loaded.
        has_older: bool,
        /// Newer ones can be loaded.
        has_newer: bool,
        /// Where to stand.
        position: TimelinePosition,
    },
    /// Inserts the row or replaces the one with the same id (it may move).
    Upsert {
        /// The row.
        row: Box<MessageRow>,
    },
    /// Takes a row out.
    Remove {
        /// Which.
        id: MessageId,
    },
    /// A page above the first row (answer to `LoadOlder`).
    Older {
        /// By `order`.
        rows: Vec<MessageRow>,
        /// There are more.
        has_older: bool,
        /// The page could not be loaded (offline): offer to try again.
        failed: bool,
    },
    /// A page below the last row (answer to `LoadNewer`).
    Newer {
        /// By `order`.
        rows: Vec<MessageRow>,
        /// There are more.
        has_newer: bool,
        /// The page could not be loaded (offline): offer to try again.
        failed: bool,
    },
}

/// How a command went. Only commands whose docs name a body answer with one; the others with `Done`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum CommandReply {
    /// As asked.
    Ok {
        /// What was asked for.
        body: ReplyBody,
    },
    /// Not done.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// Bodies of replies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "body", rename_all = "snake_case")]
pub enum ReplyBody {
    /// Nothing else to say.
    Done,
    /// To `Probe`.
    ServerFound {
        /// What people call it.
        name: String,
        /// Where it answered.
        address: String,
        /// Registering needs an invitation.
        invitation_required: bool,
        /// The invitation carried a pin and the server's key matches it.
        pinned: bool,
        /// The first groups of that key's hash, as a [`crate::DiscoveredTeam`] announces it; empty without a pin.
        fingerprint: String,
    },
    /// To `OpenPrivate`, `CreateChat`, `JoinChat`.
    Chat {
        /// Which; open it.
        chat_id: ChatId,
    },
    /// To `ListMembers`.
    Members {
        /// By role, then name.
        members: Vec<MemberRow>,
    },
    /// To `ListPeople`.
    People {
        /// By name.
        people: Vec<PersonRow>,
    },
    /// To `ListChannels`.
    Channels {
        /// By name; `role` is `None` for those one is not in.
        channels: Vec<ChatRow>,
    },
    /// To `Search`, `ListPinned`, `ListSaved`, `ListMentions`.
    Found {
        /// Newest first.
        hits: Vec<SearchHit>,
    },
    /// To `SearchServer`.
    FoundMore {
        /// Newest first.
        hits: Vec<SearchHit>,
        /// For the next page.
        next_cursor: Option<String>,
    },
    /// To `ListReaders`.
    Readers {
        /// Oneself first.
        readers: Vec<crate::ReaderRow>,
    },
    /// To `CompareCode`.
    Compared {
        /// What came out.
        check: crate::CodeCheck,
    },
    /// To `MakeLinkCode`, `MakeRecoveryKey`: show it, keep it nowhere.
    Code {
        /// In groups, to be read aloud.
        code: String,
    },
    /// To `Export`.
    Exported {
        /// What the file is called; `None` when the person gave it up.
        name: Option<String>,
    },
    /// To `ListShared`, `FetchShared`.
    Shared {
        /// Newest first.
        rows: Vec<SharedRow>,
        /// For the next page. A page may be empty and yet have a next one.
        next: Option<String>,
    },
    /// To `ListThreads`.
    Threads {
        /// Newest first.
        threads: Vec<ThreadRow>,
    },
    /// To `ListInbox`.
    Inbox {
        /// Newest first.
        rows: Vec<InboxRow>,
    },
    /// To `ListVoters`.
    Voters {
        /// In the order of their votes.
        people: Vec<PersonRow>,
        /// For the next page.
        next_cursor: Option<String>,
    },
    /// To `ListVersions`.
    Versions {
        /// Oldest first, without the present one.
        versions: Vec<VersionRow>,
    },
    /// To `StopRecording`; the file itself comes as a picked one.
    Recorded {
        /// How long it plays.
        duration_ms: u64,
    },
    /// To `CreateInvitation` and `HostCommand::Invitation`.
    Invitation {
        /// `hybrid://join/…`
        link: String,
        /// `https://…/#join=…`, for browsers.
        web: String,
        /// When it ends.
        expires_at: Timestamp,
        /// How many people it lets in.
        uses_max: u32,
        /// Whoever uses it asks first.
        approval: bool,
    },
    /// To `AcceptInvitation`: someone has to decide.
    JoinRequested {
        /// What the chat is called.
        title: String,
    },
    /// To `ListJoinRequests`.
    JoinRequests {
        /// The first first.
        waiting: Vec<crate::rows::WaitingRow>,
    },
}

/// A found message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHit {
    /// Where.
    pub chat_id: ChatId,
    /// The chat's title.
    pub chat_title: String,
    /// Which.
    pub message_id: MessageId,
    /// Who wrote it.
    pub author: PersonRow,
    /// When.
    pub at: Timestamp,
    /// The text around the first match, plain.
    pub text: String,
    /// Byte ranges of `text` to highlight.
    pub highlights: Vec<(u32, u32)>,
}

/// Why something failed; the UI has words for each in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Failure {
    /// The server said no.
    Refused {
        /// Why.
        code: ErrorCode,
    },
    /// Nobody answers at that address.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// The server's key is not the one the invitation names: someone else, or a new host. Never overridable.
    WrongPin,
    /// The certificate is not trusted, or the address is not safe without one.
    Untrusted,
    /// Not an invitation link.
    BadLink,
    /// Not an address.
    BadAddress,
    /// Something answers there, but not a Hybrid Messenger server.
    NotAServer,
    /// The server is too old or too new for this app.
    Version,
    /// The passphrase is wrong.
    WrongPassphrase,
    /// It was wrong too often: the next try has to wait.
    TooManyTries {
        /// For so long.
        seconds: u32,
    },
    /// The system's keyring does not answer.
    NoKeyring,
    /// Needs the network, and there is none.
    Offline,
    /// The port is in use by another program.
    PortInUse,
    /// The disk is full or cannot be written.
    Disk,
    /// The chosen file is not where it was, or this page was loaded anew and has lost it.
    FileGone,
    /// The device has no microphone, or it cannot be used now.
    NoMicrophone,
    /// The person or the system does not let the app use the microphone.
    MicrophoneDenied,
    /// The chosen file is another one now.
    FileChanged,
    /// Only in the desktop app.
    NotHere,
    /// This app is in as many teams as it can be.
    TooManyTeams,
    /// A bug; it is in the log.
    Internal,
}

/// Something to notify of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Where.
    pub chat_id: ChatId,
    /// The chat's title.
    pub chat_title: String,
    /// Which.
    pub message_id: MessageId,
    /// Who, by name.
    pub author: String,
    /// Who.
    pub author_id: UserId,
    /// Plain text, at most 200 characters.
    pub text: String,
    /// Mentions oneself or is private.
    pub personal: bool,
    /// One wanted to be reminded of it now.
    #[serde(default)]
    pub reminder: bool,
}

/// A new id for a message or chat, made by the UI.
pub fn local_id(now_ms: f64, random: [u8; 10]) -> LocalId {
    LocalId::from_parts(now_ms.max(0.0) as u64, random)
}
