//! Taking one's chats along.

use serde::{Deserialize, Serialize};

/// Shortest passphrase of an export, in characters.
pub const PASSPHRASE_CHARS_MIN: usize = 8;

/// How an export is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// The product's own container, of any size; Argon2id.
    #[default]
    Archive,
    /// A Fernet token under PBKDF2, which other programs open too; at most 64 MiB.
    Fernet,
}

impl ExportFormat {
    /// How the file's name ends.
    pub fn ending(self) -> &'static str {
        match self {
            ExportFormat::Archive => "hybrid-export",
            ExportFormat::Fernet => "fernet",
        }
    }
}
