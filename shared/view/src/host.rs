//! Hosting a team in the app, and finding teams on the network (desktop only).

use protocol::Timestamp;
use serde::{Deserialize, Serialize};

use crate::update::Failure;

/// What can be asked of host mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum HostCommand {
    /// Starts the server inside the app; makes certificate and data folder at the first time.
    Start {
        /// What people call the team; 1–80 characters.
        name: String,
        /// 0 for the last one, or any free one at the first time.
        port: u16,
    },
    /// Stops it; connected people see "offline".
    Stop,
    /// → [`HostUpdate::State`].
    Status,
    /// A fresh link and QR: → [`crate::update::ReplyBody::Invitation`].
    Invitation,
    /// Looks for teams on the network until `StopSearch`: → [`HostUpdate::Found`] at each change.
    Search,
    /// Stops looking.
    StopSearch,
    /// Opens the data folder in the file manager.
    OpenFolder,
    /// At [`crate::Stage::KeyringClosed`]: asks the system's keyring once more.
    AskKeyring,
    /// At [`crate::Stage::KeyringClosed`]: leaves the cache that only the keyring opens aside, and makes a passphrase for
    /// a new one: → [`crate::Stage::Locked`].
    WithoutKeyring,
    /// Turns the app lock on, or gives it another passphrase: → [`HostUpdate::Lock`].
    SetLock {
        /// At least 8 characters; never logged.
        passphrase: String,
        /// The present one, where there is one: of the lock, or of the cache.
        old: Option<String>,
        /// Lock after so many minutes without a person; 0 for never.
        minutes: u32,
    },
    /// Takes the app lock off: → [`HostUpdate::Lock`].
    RemoveLock {
        /// Of the lock.
        passphrase: String,
    },
    /// Locks after another time: → [`HostUpdate::Lock`].
    LockAfter {
        /// 0 for never.
        minutes: u32,
    },
    /// Locks: → [`crate::Stage::Locked`], until [`crate::Command::Unlock`]. Without a lock it does nothing.
    LockNow,
    /// While locked: gives up what only the passphrase opens, and begins anew: → [`crate::Stage::Welcome`].
    ForgetLock,
    /// A person is there: says so now and then while the app lock counts.
    Active,
    /// A text to the system's clipboard.
    CopyText {
        /// What.
        text: String,
    },
    /// Shows another team of this app: → [`crate::Stage::Starting`], then everything of that team.
    OpenTeam {
        /// Of [`TeamRow::id`].
        id: u32,
    },
    /// A place for one more team: → [`crate::Stage::Welcome`]. It is given up when another team is opened first.
    AddTeam,
}

/// A team that this app is in (desktop).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRow {
    /// Its place in this app.
    pub id: u32,
    /// What people call it; empty until one is in.
    pub name: String,
    /// Unread messages.
    pub unread: u64,
    /// Unread mentions.
    pub mentions: u64,
}

/// The app lock (desktop).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockState {
    /// A passphrase is asked at the start, and after a while.
    pub on: bool,
    /// After so many minutes without a person; 0 for never.
    pub minutes: u32,
    /// There is no lock, but the cache has a passphrase of its own, for want of a keyring: it is asked when a lock is set.
    pub has_passphrase: bool,
}

/// The state of host mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum HostState {
    /// Not hosting.
    Stopped {
        /// The name used last, to offer again.
        name: String,
        /// There is a team's data: starting again continues it.
        has_data: bool,
    },
    /// On its way up.
    Starting,
    /// Up.
    Running {
        /// What people call the team.
        name: String,
        /// `host:port` each, likeliest first.
        addresses: Vec<String>,
        /// The port for HTTP and WebSocket.
        port: u16,
        /// The port for raw TCP.
        tcp_port: u16,
        /// The data folder.
        folder: String,
        /// The first groups of the key's hash, to compare by eye.
        fingerprint: String,
        /// Who is connected.
        connected: Vec<ConnectedPerson>,
        /// Since when.
        since: Timestamp,
    },
    /// Could not start.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// Someone connected to the hosted team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedPerson {
    /// By name.
    pub name: String,
    /// How many connections.
    pub connections: u32,
}

/// A team seen on the network. A hint only: joining needs an invitation, whose pin tells two hosts of one name apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredTeam {
    /// As announced.
    pub name: String,
    /// `host:port`.
    pub address: String,
    /// The first groups of the key's hash as announced, to tell teams of one name apart.
    pub fingerprint: String,
    /// It is the one hosted by this app.
    pub own: bool,
}

/// What host mode tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "host", rename_all = "snake_case")]
pub enum HostUpdate {
    /// At each change.
    State {
        /// As it now is.
        state: HostState,
    },
    /// At each change while searching.
    Found {
        /// By name.
        teams: Vec<DiscoveredTeam>,
    },
    /// A link was opened from outside (`hybrid://join/…`): show the join screen with it.
    LinkOpened {
        /// As given.
        link: String,
    },
    /// A notification was clicked, or the tray asks: show this chat.
    OpenChat {
        /// Which.
        chat_id: protocol::ChatId,
        /// At which message.
        message_id: Option<protocol::MessageId>,
        /// In which team of this app.
        #[serde(default)]
        team: u32,
    },
    /// The app lock, at the start and at each change.
    Lock {
        /// As it now is.
        lock: LockState,
    },
    /// The teams of this app, at each change.
    Teams {
        /// In the order in which they came.
        teams: Vec<TeamRow>,
        /// Which of them is on the page.
        open: u32,
    },
}
