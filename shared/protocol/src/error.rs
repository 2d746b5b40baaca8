//! Stable error codes. Clients and tests match codes, never texts.

use serde::{Deserialize, Serialize};

/// Why a request was refused. On the wire `snake_case`; a client treats a code it does not know as `internal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, not UTF-8, or nested too deeply.
    MalformedFrame,
    /// Longer than [`crate::limits::FRAME_BYTES_MAX`]; the connection is closed after it.
    FrameTooLarge,
    /// JSON, but `type` is not known.
    UnknownType,
    /// A field is missing, has a wrong type, or is out of bounds; the message names it.
    InvalidField,
    /// No common protocol version.
    VersionUnsupported,
    /// Not logged in on this connection, or no Bearer token.
    Unauthenticated,
    /// Wrong username or password (never which).
    InvalidCredentials,
    /// The access token is past its time: refresh and repeat.
    TokenExpired,
    /// The token was revoked, is unknown, or is not a token.
    TokenInvalid,
    /// A refresh token was used twice: the whole session is ended.
    TokenReused,
    /// Known person, but not allowed here.
    Forbidden,
    /// No such thing, or not visible to this person.
    NotFound,
    /// The username is taken.
    UsernameTaken,
    /// The id belongs to something else.
    IdTaken,
    /// Not a member of the chat.
    NotAMember,
    /// The chat takes sealed messages only.
    PlaintextRefused,
    /// Another commit ended the epoch, or too many epochs passed: apply them and make it anew.
    StaleEpoch,
    /// The person has another key: confirm this device from another one, or begin anew.
    OtherPersonKey,
    /// This server needs an invitation to register.
    InvitationRequired,
    /// No such invitation, or revoked.
    InvitationInvalid,
    /// The invitation's time is over.
    InvitationExpired,
    /// The invitation was used as often as it may be.
    InvitationUsedUp,
    /// There is no room for more of this kind.
    LimitReached,
    /// A file larger than this server takes.
    FileTooLarge,
    /// The person's, or the server's, room for files is used up.
    QuotaExceeded,
    /// The bytes that came do not begin where the upload stands; ask where it stands.
    OffsetMismatch,
    /// The bytes that came are not those that were sent; they are not kept.
    ChecksumMismatch,
    /// The file is not whole yet.
    FileIncomplete,
    /// A scanner found something harmful in the file; it is not kept.
    FileInfected,
    /// Too many requests; `retry_after_ms` says when.
    RateLimited,
    /// The server is stopping or overloaded; try again.
    Unavailable,
    /// A bug or a broken disk; logged at the server under `request_id`.
    #[serde(other)]
    Internal,
}

impl ErrorCode {
    /// The HTTP status that fits.
    pub fn http_status(self) -> u16 {
        use ErrorCode::*;
        match self {
            MalformedFrame | UnknownType | InvalidField | VersionUnsupported => 400,
            Unauthenticated | InvalidCredentials | TokenExpired | TokenInvalid | TokenReused => 401,
            Forbidden | NotAMember | InvitationRequired | InvitationInvalid => 403,
            NotFound => 404,
            UsernameTaken | IdTaken | LimitReached | OffsetMismatch | FileIncomplete | StaleEpoch | OtherPersonKey => {
                409
            }
            InvitationExpired | InvitationUsedUp => 410,
            FrameTooLarge | FileTooLarge => 413,
            ChecksumMismatch => 460,
            QuotaExceeded => 507,
            PlaintextRefused | FileInfected => 422,
            RateLimited => 429,
            Internal => 500,
            Unavailable => 503,
        }
    }

    /// The same request may succeed later, unchanged.
    pub fn is_retryable(self) -> bool {
        matches!(self, ErrorCode::RateLimited | ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::TokenExpired)
    }

    /// The code as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        use ErrorCode::*;
        match self {
            MalformedFrame => "malformed_frame",
            FrameTooLarge => "frame_too_large",
            UnknownType => "unknown_type",
            InvalidField => "invalid_field",
            VersionUnsupported => "version_unsupported",
            Unauthenticated => "unauthenticated",
            InvalidCredentials => "invalid_credentials",
            TokenExpired => "token_expired",
            TokenInvalid => "token_invalid",
            TokenReused => "token_reused",
            Forbidden => "forbidden",
            NotFound => "not_found",
            UsernameTaken => "username_taken",
            IdTaken => "id_taken",
            NotAMember => "not_a_member",
            PlaintextRefused => "plaintext_refused",
            StaleEpoch => "stale_epoch",
            OtherPersonKey => "other_person_key",
            InvitationRequired => "invitation_required",
            InvitationInvalid => "invitation_invalid",
            InvitationExpired => "invitation_expired",
            InvitationUsedUp => "invitation_used_up",
            LimitReached => "limit_reached",
            FileTooLarge => "file_too_large",
            QuotaExceeded => "quota_exceeded",
            OffsetMismatch => "offset_mismatch",
            ChecksumMismatch => "checksum_mismatch",
            FileIncomplete => "file_incomplete",
            FileInfected => "file_infected",
            RateLimited => "rate_limited",
            Unavailable => "unavailable",
            Internal => "internal",
        }
    }
}

/// A refusal with words for people (English; clients translate by code).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.as_str())]
pub struct ProtocolError {
    /// What to match on.
    pub code: ErrorCode,
    /// What to show when the code is not known.
    pub message: String,
    /// When to try again, for [`ErrorCode::RateLimited`] and [`ErrorCode::Unavailable`].
    pub retry_after_ms: Option<u32>,
}

impl ProtocolError {
    /// An error without a time to retry at.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_ms: None }
    }

    /// `invalid_field` about one field: `"name: longer than 80 characters"`.
    pub fn field(name: &str, problem: &str) -> Self {
        Self::new(ErrorCode::InvalidField, format!("{name}: {problem}"))
    }
}
