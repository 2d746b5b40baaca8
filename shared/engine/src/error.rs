//! What can end a step. Told apart by what the driver can do about it.

/// Why a step did not happen. Nothing of it is on disk and none of its outputs exist: drop the [`crate::Engine`], roll the
/// transaction back, open a new engine on the same store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The cache could not be read or written.
    #[error(transparent)]
    Store(#[from] sql::Error),
    /// The cache holds something this program cannot have written: a bug, or a newer program.
    #[error("the cache is not what it should be: {0}")]
    Corrupt(String),
}

impl From<crypto::mls::MlsError> for EngineError {
    fn from(error: crypto::mls::MlsError) -> Self {
        match error {
            crypto::mls::MlsError::Store(error) => EngineError::Store(error),
            other => EngineError::Corrupt(other.to_string()),
        }
    }
}

impl EngineError {
    /// The same input may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        matches!(self, EngineError::Store(e) if e.is_retryable())
    }

    /// What a person is told.
    pub fn failure(&self) -> view::Failure {
        match self {
            EngineError::Store(sql::Error::Disk(_)) => view::Failure::Disk,
            EngineError::Store(sql::Error::WrongKey) => view::Failure::WrongPassphrase,
            _ => view::Failure::Internal,
        }
    }
}

impl From<serde_json::Error> for EngineError {
    fn from(e: serde_json::Error) -> Self {
        EngineError::Corrupt(e.to_string())
    }
}
