//! Seals what a person takes along.

use protocol::{ErrorCode, Timestamp};
use view::export::PASSPHRASE_CHARS_MIN;
use view::{ExportFormat, Failure};

/// An export as it goes to the disk. Takes a good part of a second for the key, and time that grows with `content`.
///
/// [`crypto::open_any_export`] opens both.
pub(crate) fn sealed(
    passphrase: &str,
    format: ExportFormat,
    now: Timestamp,
    content: &[u8],
) -> Result<Vec<u8>, Failure> {
    if passphrase.chars().count() < PASSPHRASE_CHARS_MIN {
        return Err(Failure::WrongPassphrase);
    }
    let internal = |error: &dyn std::error::Error| {
        tracing::warn!(%error, "an export could not be sealed");
        Failure::Internal
    };
    match format {
        ExportFormat::Archive => {
            let header = crypto::KdfHeader::new().map_err(|e| internal(&e))?;
            let mut made = Vec::with_capacity(content.len() + content.len() / 1_000 + 1_024);
            crypto::write_export(passphrase, &header, content, &mut made).map_err(|e| internal(&e))?;
            Ok(made)
        }
        ExportFormat::Fernet => match crypto::fernet_export(passphrase, now, content) {
            Ok(text) => Ok(text.into_bytes()),
            Err(crypto::ExportError::TooLarge) => Err(Failure::Refused { code: ErrorCode::FileTooLarge }),
            Err(error) => Err(internal(&error)),
        },
    }
}
