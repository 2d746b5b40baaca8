//! Files: what is known of one on the server, and as part of a message.

use serde::{Deserialize, Serialize};

use crate::error::ProtocolError;
use crate::id::FileId;
use crate::limits::{FILE_NAME_BYTES_MAX, KEY_ID_BYTES_MAX, THUMBHASH_CHARS_MAX, WAVEFORM_CHARS_MAX};
use crate::time::Timestamp;

/// A file that was uploaded whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileInfo {
    /// The `Idempotency-Key` of its upload, or one from the server.
    pub id: FileId,
    /// As its uploader called it; 1 to [`FILE_NAME_BYTES_MAX`] bytes without `/`, `\` and control characters.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// What its content is, as the server saw it; `application/octet-stream` when it saw nothing, or may not see.
    pub mime_type: String,
    /// SHA-256 of the content, 64 lower-case hexadecimal digits.
    pub hash: String,
    /// When its last byte came.
    pub uploaded_at: Timestamp,
    /// The content is sealed by the sender: the server stores bytes that it cannot read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
    /// The sender's name for the key, when `encrypted`; the key itself travels in the sealed message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption_key_id: Option<String>,
}

/// A file of a message, as it is posted: which, and what the sender's device found out for those who have not loaded it yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attach {
    /// An own upload that is whole, or a file that the sender can read.
    pub file_id: FileId,
    /// What the sender says about it.
    #[serde(default, flatten)]
    pub about: About,
}

/// What the sender's device found out about a file. The server keeps it unseen within its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct About {
    /// Width of a picture or video, in pixels, as it is to be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Of sound or video, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// A blurred miniature ([ThumbHash](https://evanw.github.io/thumbhash/)), base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbhash: Option<String>,
    /// The loudness of a voice message from begin to end, one byte a bar, base64. A sound with it is a voice message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waveform: Option<String>,
    /// A small picture of it (first page, poster), a file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_id: Option<FileId>,
}

/// A file of a message, as members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The file.
    #[serde(flatten)]
    pub file: FileInfo,
    /// What the sender said about it.
    #[serde(default, flatten)]
    pub about: About,
}

impl About {
    /// Within the bounds of [`crate::limits`].
    ///
    /// # Errors
    /// `invalid_field`.
    pub fn check(&self) -> Result<(), ProtocolError> {
        let base64 = |text: &str| {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_'))
        };
        let fits = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|t| t.len() <= most && base64(t));
        if !fits(&self.thumbhash, THUMBHASH_CHARS_MAX) {
            return Err(ProtocolError::field("thumbhash", "not base64 of at most 48 characters"));
        }
        if !fits(&self.waveform, WAVEFORM_CHARS_MAX) {
            return Err(ProtocolError::field("waveform", "not base64 of at most 172 characters"));
        }
        Ok(())
    }
}

/// A name that any system can store and no screen is fooled by.
pub fn is_file_name(name: &str) -> bool {
    (1..=FILE_NAME_BYTES_MAX).contains(&name.len())
        && !matches!(name, "." | "..")
        && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\') || is_turning(c))
}

/// A name for a key.
pub fn is_key_id(text: &str) -> bool {
    (1..=KEY_ID_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

/// Marks that turn the direction of text make `exe.gnp` look like `png.exe` the other way round.
fn is_turning(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_path_or_a_turning_mark_is_no_file_name() {
        for good in ["отчёт.pdf", "a", ".profile", "два слова.txt"] {
            assert!(is_file_name(good), "{good}");
        }
        for bad in ["", ".", "..", "a/b", "a\\b", "a\nb", "gpj\u{202e}exe", &"x".repeat(256)] {
            assert!(!is_file_name(bad), "{bad:?}");
        }
    }
}
