//! Words for each way something can fail.

use view::{ErrorCode, Failure};

use super::{key, t, t_with};

/// What went wrong and what to do about it, as a person would say it; tracks the language.
pub fn failure_words(failure: Failure) -> String {
    match failure {
        Failure::TooManyTries { seconds } => t_with(failure_key(failure), &[("seconds", seconds.into())]),
        _ => t(failure_key(failure)),
    }
}

fn failure_key(failure: Failure) -> &'static str {
    match failure {
        Failure::Refused { code } => code_key(code),
        Failure::Unreachable => key("failure-unreachable"),
        Failure::TimedOut => key("failure-timed-out"),
        Failure::WrongPin => key("failure-wrong-pin"),
        Failure::Untrusted => key("failure-untrusted"),
        Failure::BadLink => key("failure-bad-link"),
        Failure::BadAddress => key("failure-bad-address"),
        Failure::NotAServer => key("failure-not-a-server"),
        Failure::Version => key("failure-version"),
        Failure::WrongPassphrase => key("failure-wrong-passphrase"),
        Failure::TooManyTries { .. } => key("failure-too-many-tries"),
        Failure::NoKeyring => key("failure-no-keyring"),
        Failure::Offline => key("failure-offline"),
        Failure::PortInUse => key("failure-port-in-use"),
        Failure::Disk => key("failure-disk"),
        Failure::FileGone => key("failure-file-gone"),
        Failure::NoMicrophone => key("failure-no-microphone"),
        Failure::MicrophoneDenied => key("failure-microphone-denied"),
        Failure::FileChanged => key("failure-file-changed"),
        Failure::NotHere => key("failure-not-here"),
        Failure::TooManyTeams => key("failure-too-many-teams"),
        Failure::Internal => key("failure-internal"),
    }
}

fn code_key(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MalformedFrame | ErrorCode::UnknownType | ErrorCode::IdTaken | ErrorCode::Internal => {
            key("failure-internal")
        }
        ErrorCode::FrameTooLarge => key("failure-too-large"),
        ErrorCode::InvalidField => key("failure-invalid-field"),
        ErrorCode::VersionUnsupported => key("failure-version"),
        ErrorCode::Unauthenticated | ErrorCode::TokenExpired | ErrorCode::TokenInvalid | ErrorCode::TokenReused => {
            key("failure-session-ended")
        }
        ErrorCode::InvalidCredentials => key("failure-invalid-credentials"),
        ErrorCode::Forbidden | ErrorCode::OtherPersonKey => key("failure-forbidden"),
        ErrorCode::NotFound => key("failure-not-found"),
        ErrorCode::UsernameTaken => key("failure-username-taken"),
        ErrorCode::NotAMember => key("failure-not-a-member"),
        ErrorCode::PlaintextRefused => key("failure-plaintext-refused"),
        ErrorCode::InvitationRequired => key("failure-invitation-required"),
        ErrorCode::InvitationInvalid => key("failure-invitation-invalid"),
        ErrorCode::InvitationExpired => key("failure-invitation-expired"),
        ErrorCode::FileTooLarge => key("failure-file-too-large"),
        ErrorCode::QuotaExceeded => key("failure-quota-exceeded"),
        ErrorCode::OffsetMismatch | ErrorCode::ChecksumMismatch => key("failure-file-damaged"),
        ErrorCode::FileIncomplete => key("failure-file-incomplete"),
        ErrorCode::FileInfected => key("failure-file-infected"),
        ErrorCode::LimitReached => key("failure-limit-reached"),
        ErrorCode::InvitationUsedUp => key("failure-invitation-used-up"),
        ErrorCode::RateLimited => key("failure-rate-limited"),
        ErrorCode::Unavailable | ErrorCode::StaleEpoch => key("failure-unavailable"),
    }
}
