//! What a host tells the client when it starts it.

use crypto::{Key, Pin};
use serde::{Deserialize, Serialize};

/// How the app is set up; everything is the host's choice.
#[derive(Debug, Clone)]
pub struct AppConfig {
    /// The profile's folder; made when absent. In a browser: the name of the store in the origin's private files.
    pub data_dir: String,
    /// Where the cache's key comes from.
    pub key: KeySource,
    /// This build can host a team (desktop); the welcome screen offers it.
    pub can_host: bool,
    /// What the list of sessions calls this device, e.g. `Linux · notebook`.
    pub device_name: String,
    /// The server that this app hosts or that the page came from, if it is already known.
    pub here: Option<Here>,
    /// Whether and how this device looks behind links of encrypted chats. A browser cannot.
    #[cfg(not(target_arch = "wasm32"))]
    pub previews: previews::PreviewsConfig,
    /// Runs the sockets; without it the app makes a small runtime of its own. Not used in a browser.
    #[cfg(not(target_arch = "wasm32"))]
    pub runtime: Option<tokio::runtime::Handle>,
}

/// Where the key of the encrypted cache comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// From the system's keyring, or another safe place of the host.
    Raw(Key),
    /// There is no keyring: the person is asked ([`view::Stage::Locked`], answered by [`view::Command::Unlock`]).
    Passphrase,
    /// No encryption: tests, and caches in memory.
    None,
}

/// The server behind [`view::ServerTarget::Here`]: the one that this app hosts, or that the page came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Here {
    /// What people call the team.
    pub name: String,
    /// `host:port` each, to connect to from this device, likeliest first.
    pub addresses: Vec<String>,
    /// The key that the server must have; `None` for plain connections on loopback, or an ordinary certificate.
    pub pin: Option<Pin>,
    /// Speak TLS. Without it only loopback addresses are accepted (in a browser: what the page itself uses).
    pub tls: bool,
    /// The secret of an invitation for the owner's own first account, where the server wants one.
    pub invitation: Option<String>,
    /// `host:port` each, as others on the network reach it: they go into invitation links. Empty: as `addresses`.
    pub share_addresses: Vec<String>,
}

impl std::fmt::Debug for Here {
    /// Without the invitation, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Here").field("addresses", &self.addresses).field("pin", &self.pin).finish_non_exhaustive()
    }
}

/// Where an account's server is; the engine keeps it as opaque JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `host:port` each, likeliest first; empty only with `here`.
    pub addresses: Vec<String>,
    /// The key that the server must have, base64url of SHA-256 over its SPKI; `None`: an ordinary certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// Speak TLS; without it only loopback is allowed.
    pub tls: bool,
    /// It is [`Here`]: where that is now decides, not `addresses`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub here: bool,
}

/// Why the app does not start.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StartError {
    /// Another instance has this profile open.
    #[error("this profile is open in another instance of the app")]
    InUse,
    /// The profile's folder or the cache cannot be read or written.
    #[error("the profile cannot be opened: {0}")]
    Disk(String),
    /// The cache was made by a newer version of the app.
    #[error("the cache was made by a newer version of this app")]
    NewerVersion,
}
