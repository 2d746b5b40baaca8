//! An encrypted export: a line that says what it is and how the passphrase becomes the key, then sealed chunks. Written and
//! read as a stream, one chunk in memory.
//!
//! `hybrid-export 1 18 <file id> <key header>\n`, then chunks of 2^18 bytes with their tags. The line is authenticated with
//! every chunk.

use std::io::{self, BufRead, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::Timestamp;

use crate::chunks::{ChunkSize, Chunks, NotAuthentic, TAG_BYTES};
use crate::{FERNET_BYTES_MAX, FernetKey, KdfHeader, KdfHeaderError, NoChance, fill_random};

const MAGIC: &str = "hybrid-export";
const VERSION: &str = "1";
/// Longest first line, in bytes.
const LINE_BYTES_MAX: u64 = 512;

/// Why an export cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Not an export.
    #[error("not an encrypted export")]
    NotAnExport,
    /// Written by a newer program.
    #[error("an export of a newer version")]
    NewerVersion,
    /// The key header is refused.
    #[error(transparent)]
    Key(#[from] KdfHeaderError),
    /// The wrong passphrase, or the export was changed or cut off.
    #[error("the wrong passphrase, or a damaged export")]
    NotAuthentic,
    /// More than a Fernet token holds.
    #[error("too large for a Fernet token: choose the archive")]
    TooLarge,
    /// The system gave no chance.
    #[error(transparent)]
    NoChance(#[from] NoChance),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<NotAuthentic> for ExportError {
    fn from(_: NotAuthentic) -> Self {
        ExportError::NotAuthentic
    }
}

/// Writes an export of all that `from` gives.
///
/// # Errors
/// [`ExportError`].
pub fn write_export(
    passphrase: &str,
    header: &KdfHeader,
    mut from: impl Read,
    mut to: impl Write,
) -> Result<(), ExportError> {
    let mut id = [0; 16];
    fill_random(&mut id)?;
    let size = ChunkSize::DEFAULT;
    let line = format!("{MAGIC} {VERSION} {} {} {header}\n", size.log2(), URL_SAFE_NO_PAD.encode(id));
    let chunks = Chunks::new(&header.derive(passphrase)?, line.clone().into_bytes());
    to.write_all(line.as_bytes())?;
    let (mut chunk, mut next) = (Vec::new(), Vec::new());
    read_chunk(&mut from, size.bytes(), &mut chunk)?;
    for index in 0.. {
        // Only what follows tells whether a full chunk is the last.
        read_chunk(&mut from, size.bytes(), &mut next)?;
        let last = next.is_empty();
        chunks.seal(index, last, &mut chunk);
        to.write_all(&chunk)?;
        if last {
            break;
        }
        std::mem::swap(&mut chunk, &mut next);
    }
    Ok(())
}

/// Reads an export. What was written to `to` before an error is authentic, but not all of it.
///
/// # Errors
/// [`ExportError`].
pub fn read_export(passphrase: &str, mut from: impl BufRead, mut to: impl Write) -> Result<(), ExportError> {
    let mut line = Vec::new();
    from.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    let text = std::str::from_utf8(&line).ok().and_then(|text| text.strip_suffix('\n'));
    let mut parts = text.ok_or(ExportError::NotAnExport)?.splitn(5, ' ');
    if parts.next() != Some(MAGIC) {
        return Err(ExportError::NotAnExport);
    }
    if parts.next() != Some(VERSION) {
        return Err(ExportError::NewerVersion);
    }
    let size = parts.next().and_then(|log2| ChunkSize::of_log2(log2.parse().ok()?)).ok_or(ExportError::NotAnExport)?;
    let header = parts.nth(1).ok_or(ExportError::NotAnExport)?;
    let chunks = Chunks::new(&KdfHeader::parse(header)?.derive(passphrase)?, line);
    let bytes = size.bytes() + TAG_BYTES;
    let (mut chunk, mut next) = (Vec::new(), Vec::new());
    read_chunk(&mut from, bytes, &mut chunk)?;
    for index in 0.. {
        read_chunk(&mut from, bytes, &mut next)?;
        let last = next.is_empty();
        chunks.open(index, last, &mut chunk)?;
        to.write_all(&chunk)?;
        if last {
            break;
        }
        std::mem::swap(&mut chunk, &mut next);
    }
    Ok(())
}

/// Writes an export as a Fernet file: a line with the parameters of the key, then the token. Other programs open it with any
/// implementation of PBKDF2 and Fernet.
///
/// # Errors
/// [`ExportError::TooLarge`], [`ExportError::NoChance`].
pub fn fernet_export(passphrase: &str, now: Timestamp, content: &[u8]) -> Result<String, ExportError> {
    let header = KdfHeader::new_pbkdf2()?;
    let key = FernetKey::new(header.derive(passphrase)?);
    let token = key.seal(&mut rand::make_rng::<rand::rngs::StdRng>(), now, content);
    Ok(format!("{header}\n{}\n", token.map_err(|_| ExportError::TooLarge)?))
}

/// Reads an export of either form.
///
/// # Errors
/// [`ExportError`].
pub fn open_any_export(passphrase: &str, mut from: impl BufRead, mut to: impl Write) -> Result<(), ExportError> {
    if from.fill_buf()?.first() != Some(&b'$') {
        return read_export(passphrase, from, to);
    }
    let mut text = String::new();
    from.take(2 * FERNET_BYTES_MAX as u64 + LINE_BYTES_MAX).read_to_string(&mut text)?;
    let (header, token) = text.split_once('\n').ok_or(ExportError::NotAnExport)?;
    let key = FernetKey::new(KdfHeader::parse(header)?.derive(passphrase)?);
    // A clock set back since is no reason to lose one's chats.
    let content = key.open(Timestamp(i64::MAX), token.trim_end(), None).map_err(|_| ExportError::NotAuthentic)?;
    to.write_all(&content)?;
    Ok(())
}

/// Up to so many bytes; fewer only at the end.
fn read_chunk(from: &mut impl Read, bytes: usize, chunk: &mut Vec<u8>) -> io::Result<()> {
    chunk.clear();
    from.by_ref().take(bytes as u64).read_to_end(chunk)?;
    Ok(())
}
