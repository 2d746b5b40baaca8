//! What goes into the engine and what comes out.

use protocol::{ClientFrame, ServerFrame, Timestamp};
use rand::CryptoRng;
use view::{CommandEnvelope, Failure, Update, Way};

use crate::transfers::{Job, Picked, Progress};

/// What a step may use: the open transaction, the time, and chance.
pub struct Cx<'a, 'c> {
    /// The step's transaction.
    pub tx: &'a mut sql::Tx<'c>,
    /// The time now, by this device's clock.
    pub now: Timestamp,
    /// Chance, of which keys are made too: seeded in tests.
    pub rng: &'a mut dyn CryptoRng,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The process started: also the first input after a crash.
    Started,
    /// The person asked for something.
    Command(CommandEnvelope),
    /// An account was entered (the driver registered or logged in): kept, and the cache is this account's from now on.
    LoggedIn {
        /// Who, on which server.
        account: Account,
        /// The session.
        tokens: AuthTokens,
    },
    /// A connection is open; the engine speaks first.
    Connected,
    /// The connection is gone, or could not be made.
    Disconnected {
        /// Why, where one can say.
        reason: Option<Failure>,
    },
    /// A frame came in.
    Frame(ServerFrame),
    /// The person chose files to send.
    Picked(Vec<Picked>),
    /// The person chose where a file of a message shall go.
    Save {
        /// As its message tells of it.
        file: protocol::FileInfo,
        /// Where, in the driver's words.
        place: String,
    },
    /// What became of an [`Output::Transfer`]; told of one that was stopped, it is not heard.
    Transfer {
        /// Which.
        file_id: protocol::FileId,
        /// Which way.
        way: Way,
        /// How far.
        progress: Progress,
    },
    /// The driver looked behind the link of an [`Output::Look`].
    Looked {
        /// As it was asked.
        url: String,
        /// What stands there; nothing, also where a driver cannot look.
        seen: Option<Box<SeenLink>>,
    },
    /// A timer that the engine set has run out.
    Timer(Timer),
}

/// What stands behind a link, as this device's driver saw it. Plain text, bounded as in [`protocol::LinkPreview`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLink {
    /// Never empty.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// What the site calls itself, or its host.
    pub site_name: String,
    /// A picture that travels along: see [`protocol::preview::is_small_picture`].
    pub picture: Option<Vec<u8>>,
}

/// Who this cache belongs to and where the server is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The person's number on the server.
    pub user_id: protocol::UserId,
    /// The username.
    pub username: String,
    /// The server's lasting id.
    pub server_id: String,
    /// What the team is called.
    pub team: String,
    /// Where to connect: addresses in order, the pin; opaque to the engine (the driver's JSON).
    pub endpoint: String,
    /// Where the server is, for people: [`view::Me::address`].
    #[serde(default)]
    pub address: String,
}

/// The tokens of a session; kept in the encrypted cache only.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub struct AuthTokens {
    /// 15 minutes.
    pub access: String,
    /// 30 days, once.
    pub refresh: String,
    /// When `access` ends, by this device's clock.
    pub access_until: Timestamp,
}

impl std::fmt::Debug for AuthTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthTokens(…)")
    }
}

/// What to do now that the step is on disk.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Onto the open connection, in order; dropped when there is none.
    Send(Box<ClientFrame>),
    /// To the screen, in order.
    Update(Box<Update>),
    /// Give [`Input::Timer`] back after this many milliseconds; the same timer set again replaces the earlier one.
    SetTimer(Timer, u32),
    /// Forget a timer.
    ClearTimer(Timer),
    /// Look behind a link that is to be sealed; answers [`Input::Looked`]. The message waits for it no longer than some seconds.
    Look {
        /// `http` or `https`.
        url: String,
    },
    /// Make a connection to this endpoint (the driver's JSON from [`Account::endpoint`]); answers `Connected` or `Disconnected`.
    Connect {
        /// Where.
        endpoint: String,
    },
    /// Close the connection; answers nothing.
    Disconnect,
    /// Move a file over HTTP, with the session's token ([`crate::Engine::access_token`]); answers [`Input::Transfer`], in the end
    /// with `Ended`. Of an upload the server is asked first how much it has.
    Transfer(Box<Job>),
    /// Stop moving it; answers nothing.
    StopTransfer {
        /// Which.
        file_id: protocol::FileId,
        /// Which way.
        way: Way,
        /// It is not wanted any more: what is there of it goes too, the server's part, or the unfinished file at this place.
        forget: Option<String>,
    },
    /// The account was left: erase its cache and tokens, then show the welcome screen. Comes after the frame that logs
    /// out and [`Output::Disconnect`].
    Erase,
    /// The session was ended elsewhere, or its tokens ran out: show the welcome screen with `session_ended`. The cache
    /// stays, with what waits to be sent, for when the same account is entered again ([`Input::LoggedIn`]).
    SessionEnded,
    /// The server made an invitation: build links from its secret and the own endpoint, and answer the command.
    Invitation {
        /// [`CommandEnvelope::id`] of the command to answer.
        command: u32,
        /// As the server gave it.
        invitation: protocol::frame::Invitation,
    },
}

/// Timers that the engine sets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Time to try to connect again.
    Reconnect,
    /// A gap in this scope was not filled by itself.
    Gap(protocol::Scope),
    /// The access token is about to end.
    RefreshToken,
    /// Nothing was heard for too long.
    Silence,
    /// A request got no answer.
    Reply,
    /// The server asked to wait before the next change is sent.
    Outbox,
    /// Files that could not move are tried again.
    Files,
    /// A link was looked at for long enough.
    Looks,
    /// A message goes by itself.
    Going,
    /// The typing marks of others fade.
    Typing,
    /// Entries of the person's own data are tried again.
    Items,
    /// A chat's group lacks devices, or has some too many: it is this device's turn to change it.
    Group(protocol::ChatId),
    /// More sealed messages wait to be opened.
    Sealed,
    /// What was opened is to be kept for the person's further devices.
    Archive,
    /// The server asked to wait before more of a group's past is handed to a newcomer.
    Past,
    /// Receipts and other small things that are sent in bunches.
    Flush,
}
