//! What can go wrong with end-to-end encryption, told apart by what the caller can do about it. Holds no content.

use openmls::framing::errors::MessageDecryptionError;
use openmls::group::{
    CommitBuilderStageError, CreateCommitError, CreateMessageError, MergeCommitError, MergePendingCommitError,
    MlsGroupStateError, NewGroupError, ProcessMessageError, StageCommitError, ValidationError, WelcomeError,
};
use openmls::prelude::{KeyPackageNewError, LibraryError};

/// An error of end-to-end encryption.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MlsError {
    /// The database failed: nothing of this step is kept.
    #[error(transparent)]
    Store(#[from] sql::Error),
    /// The rows hold something this program cannot have written: a bug, or a newer program.
    #[error("the group's state is not what it should be: {0}")]
    Corrupt(String),
    /// Bytes from outside are not what they should be.
    #[error("not a valid {0}")]
    Malformed(&'static str),
    /// Bytes from outside, or a list, are beyond a bound.
    #[error("too large: {0}")]
    TooLarge(&'static str),
    /// A suite that we do not ship.
    #[error("unknown cipher suite {0:#06x}")]
    UnknownSuite(u16),
    /// The message is for another group.
    #[error("for another group")]
    OtherGroup,
    /// The message is from an epoch that this device has not reached: apply the commits before it first.
    #[error("from a later epoch than this device has reached")]
    NotYet,
    /// The commit's epoch is over: another commit was accepted, or this one was applied already.
    #[error("the commit's epoch is over")]
    StaleCommit,
    /// The message was opened before; a ciphertext opens once.
    #[error("opened before")]
    AlreadyOpened,
    /// The keys of the message are gone: too many epochs or messages have passed.
    #[error("the keys of this message are gone")]
    KeysGone,
    /// The message skips more messages of its sender than are tolerated.
    #[error("skips too many messages")]
    TooFarAhead,
    /// The message was changed, is signed by another, or breaks the protocol.
    #[error("not authentic: {0}")]
    NotAuthentic(String),
    /// The device's credential is not signed by its person, or not for this key.
    #[error("a device that its person has not signed")]
    NotAttested,
    /// Our policy does not allow the change, or does not know the person.
    #[error("not allowed here")]
    NotAllowed,
    /// Proposals wait: commit them before sending.
    #[error("proposals wait for a commit")]
    CommitFirst,
    /// An own commit waits for the server: confirm or withdraw it first.
    #[error("an own commit waits for the server")]
    Pending,
    /// No commit of this device waits.
    #[error("no own commit waits")]
    NothingPending,
    /// This device was removed from the group.
    #[error("this device is no longer in the group")]
    Evicted,
    /// This device is in the group already.
    #[error("this device is in the group already")]
    AlreadyMember,
    /// The welcome is for a key package that this device does not have (any more): ask to be added again.
    #[error("no key package for this welcome")]
    NoKeyPackage,
    /// The group claims to continue one of ours, but not from where we are: a fork, or a lie.
    #[error("does not continue the group that it claims to continue")]
    WrongPredecessor,
    /// The library refused something that should not happen: a bug.
    #[error("mls: {0}")]
    Library(String),
}

impl MlsError {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            MlsError::Store(_) => "store",
            MlsError::Corrupt(_) => "corrupt",
            MlsError::Malformed(_) => "malformed",
            MlsError::TooLarge(_) => "too_large",
            MlsError::UnknownSuite(_) => "unknown_suite",
            MlsError::OtherGroup => "other_group",
            MlsError::NotYet => "not_yet",
            MlsError::StaleCommit => "stale_commit",
            MlsError::AlreadyOpened => "already_opened",
            MlsError::KeysGone => "keys_gone",
            MlsError::TooFarAhead => "too_far_ahead",
            MlsError::NotAuthentic(_) => "not_authentic",
            MlsError::NotAttested => "not_attested",
            MlsError::NotAllowed => "not_allowed",
            MlsError::CommitFirst => "commit_first",
            MlsError::Pending => "pending",
            MlsError::NothingPending => "nothing_pending",
            MlsError::Evicted => "evicted",
            MlsError::AlreadyMember => "already_member",
            MlsError::NoKeyPackage => "no_key_package",
            MlsError::WrongPredecessor => "wrong_predecessor",
            MlsError::Library(_) => "mls",
        }
    }

    /// The same call may succeed later, unchanged: after the database works again, or after other rows were applied.
    pub fn is_retryable(&self) -> bool {
        match self {
            MlsError::Store(error) => error.is_retryable(),
            MlsError::NotYet | MlsError::CommitFirst | MlsError::Pending => true,
            _ => false,
        }
    }
}

impl From<LibraryError> for MlsError {
    fn from(error: LibraryError) -> Self {
        MlsError::Library(error.to_string())
    }
}

impl From<MlsGroupStateError> for MlsError {
    fn from(error: MlsGroupStateError) -> Self {
        match error {
            MlsGroupStateError::UseAfterEviction => MlsError::Evicted,
            MlsGroupStateError::PendingProposal => MlsError::CommitFirst,
            MlsGroupStateError::PendingCommit => MlsError::Pending,
            MlsGroupStateError::NoPendingCommit => MlsError::NothingPending,
            other => MlsError::Library(other.to_string()),
        }
    }
}

impl From<CreateMessageError> for MlsError {
    fn from(error: CreateMessageError) -> Self {
        match error {
            CreateMessageError::GroupStateError(state) => state.into(),
            CreateMessageError::LibraryError(error) => error.into(),
        }
    }
}

impl<S: std::error::Error> From<ProcessMessageError<S>> for MlsError {
    fn from(error: ProcessMessageError<S>) -> Self {
        match error {
            ProcessMessageError::GroupStateError(state) => state.into(),
            ProcessMessageError::InvalidCommit(StageCommitError::EpochMismatch) => MlsError::StaleCommit,
            ProcessMessageError::ValidationError(invalid) => invalid.into(),
            ProcessMessageError::LibraryError(error) => error.into(),
            other => MlsError::NotAuthentic(other.to_string()),
        }
    }
}

impl From<ValidationError> for MlsError {
    fn from(error: ValidationError) -> Self {
        match error {
            ValidationError::WrongGroupId => MlsError::OtherGroup,
            ValidationError::NoPastEpochData => MlsError::KeysGone,
            // The library keeps this type to itself: its texts are all there is. Tests hold them to their codes.
            ValidationError::UnableToDecrypt(MessageDecryptionError::SecretTreeError(tree)) => {
                match tree.to_string().as_str() {
                    "The requested secret was deleted to preserve forward secrecy." => MlsError::AlreadyOpened,
                    "Generation is too old to be processed." => MlsError::KeysGone,
                    "Generation is too far in the future to be processed." => MlsError::TooFarAhead,
                    other => MlsError::NotAuthentic(other.to_owned()),
                }
            }
            other => MlsError::NotAuthentic(other.to_string()),
        }
    }
}

impl<S: std::error::Error> From<WelcomeError<S>> for MlsError {
    fn from(error: WelcomeError<S>) -> Self {
        match error {
            WelcomeError::NoMatchingKeyPackage
            | WelcomeError::JoinerSecretNotFound
            | WelcomeError::NoMatchingEncryptionKey => MlsError::NoKeyPackage,
            WelcomeError::UnsupportedCiphersuite(suite) => MlsError::UnknownSuite(u16::from(suite)),
            WelcomeError::GroupAlreadyExists => MlsError::AlreadyMember,
            WelcomeError::LibraryError(error) => error.into(),
            other => MlsError::NotAuthentic(other.to_string()),
        }
    }
}

/// Errors of calls that only fail when the database does, or by a bug.
macro_rules! bugs {
    ($($error:ty),*) => {$(
        impl From<$error> for MlsError {
            fn from(error: $error) -> Self {
                MlsError::Library(error.to_string())
            }
        }
    )*};
    (stored: $($error:ident),*) => {$(
        impl<S: std::error::Error> From<$error<S>> for MlsError {
            fn from(error: $error<S>) -> Self {
                MlsError::Library(error.to_string())
            }
        }
    )*};
}

bugs!(CreateCommitError, KeyPackageNewError, super::storage::Failed);
bugs!(stored: NewGroupError, CommitBuilderStageError, MergeCommitError, MergePendingCommitError);
