//! Bodies about the connection and the session: greeting, entering, leaving, refusals.

use crate::error::{ErrorCode, ProtocolError};
use crate::id::UserId;
use crate::time::Timestamp;

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
        /// The server's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")] server_time: Option<Timestamp>,
        /// The pin that invitations to this server carry (SHA-256 of its certificate's SPKI, base64url); only where the
        /// server made its certificate itself. For links: a connection is pinned by the link it came from, never by this.
        #[serde(default, skip_serializing_if = "Option::is_none")] pin: Option<String>,
        /// The server orders the commits of encrypted chats.
        #[serde(default)] encryption: bool,
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
