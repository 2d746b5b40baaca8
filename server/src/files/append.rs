//! Takes bytes in at the end of an upload. What is answered as received is on disk.

use std::io::{self, SeekFrom};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use protocol::{ErrorCode, FileId, ProtocolError, UserId};
use sha1::Digest as _;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::hash::Following;
use super::turn::Turn;
use super::{disk, disk_failed, finish, own};
use crate::domain::Failure;
use crate::domain::files as rows;
use crate::state::App;
use crate::store::files::FileRow;

/// After so many bytes they are put on disk and counted, so that a crash costs no more than these.
const SYNC_EVERY_BYTES: u64 = 8 * 1024 * 1024;
/// A body that brings nothing for so long has ended.
const SILENCE: Duration = Duration::from_secs(60);

/// What the bytes of one request must amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1, which tus asks every server to know.
    Sha1(Vec<u8>),
    /// SHA-256.
    Sha256(Vec<u8>),
}

enum Summing {
    Nothing,
    Sha1(sha1::Sha1),
    Sha256(sha2::Sha256),
}

/// Appends a body at `from`, where the upload must stand. A body that breaks off is kept as far as it came, except with a
/// checksum, which only a whole body can have.
///
/// # Errors
/// `not_found`, `offset_mismatch`, `checksum_mismatch`, `file_too_large` (more than announced), `quota_exceeded` (the disk is
/// full), `unavailable` (broke off, or the disk fails).
pub async fn append(
    app: App,
    who: UserId,
    id: FileId,
    from: u64,
    checksum: Option<Checksum>,
    body: impl Stream<Item = Result<Bytes, impl std::fmt::Display>> + Send + Unpin,
) -> Result<FileRow, ProtocolError> {
    let turn = app.files.turns.take(&id).await;
    let row = own(&app, who, &id).await?;
    if row.received != from {
        return Err(ProtocolError::new(ErrorCode::OffsetMismatch, format!("the upload stands at {}", row.received)));
    }
    // An empty file is there as soon as it is made.
    if row.received < row.size || (row.size == 0 && row.uploaded_at.is_none()) {
        let mut taking = Taking::open(&app, who, &row).await.map_err(|e| disk_failed(&e))?;
        taking.take(body, checksum, &turn).await?;
    }
    let row = own(&app, who, &id).await?;
    if row.received == row.size { finish(&app, who, row).await } else { Ok(row) }
}

struct Taking<'a> {
    app: &'a App,
    who: UserId,
    row: &'a FileRow,
    file: File,
    at: u64,
    counted: u64,
    hash: Following,
}

impl<'a> Taking<'a> {
    async fn open(app: &'a App, who: UserId, row: &'a FileRow) -> io::Result<Self> {
        let path = app.files.upload_path(&row.id);
        let folder = path.parent().unwrap_or(&path);
        disk::make_folder(folder).await?;
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).await?;
        if row.received == 0 {
            disk::sync_folder(folder).await?;
        }
        // What lies behind was never counted.
        file.set_len(row.received).await?;
        file.seek(SeekFrom::Start(row.received)).await?;
        let hash = Following::from(row.received, row.hashing.as_deref());
        Ok(Self { app, who, row, file, at: row.received, counted: row.received, hash })
    }

    async fn take(
        &mut self,
        mut body: impl Stream<Item = Result<Bytes, impl std::fmt::Display>> + Unpin,
        checksum: Option<Checksum>,
        turn: &Turn,
    ) -> Result<(), ProtocolError> {
        let mut sum = match checksum {
            None => Summing::Nothing,
            Some(Checksum::Sha1(_)) => Summing::Sha1(sha1::Sha1::new()),
            Some(Checksum::Sha256(_)) => Summing::Sha256(sha2::Sha256::default()),
        };
        let mut broke_off = false;
        loop {
            let next = tokio::select! {
                biased;
                () = turn.over.cancelled() => None,
                next = tokio::time::timeout(SILENCE, body.next()) => Some(next),
            };
            let chunk = match next {
                Some(Ok(Some(Ok(chunk)))) => chunk,
                Some(Ok(None)) => break,
                _ => {
                    broke_off = true;
                    break;
                }
            };
            if self.at + chunk.len() as u64 > self.row.size {
                let most = format!("the upload was announced with {} bytes", self.row.size);
                return Err(ProtocolError::new(ErrorCode::FileTooLarge, most));
            }
            sum.add(&chunk);
            self.hash.add(&chunk);
            self.file.write_all(&chunk).await.map_err(|e| disk_failed(&e))?;
            self.at += chunk.len() as u64;
            if checksum.is_none() && self.at - self.counted >= SYNC_EVERY_BYTES {
                self.count().await?;
            }
        }
        if let Some(expected) = checksum {
            if broke_off {
                return Err(broken_off());
            }
            if !sum.is(&expected) {
                return Err(ProtocolError::new(ErrorCode::ChecksumMismatch, "these are not the bytes that were sent"));
            }
        }
        self.count().await?;
        if broke_off { Err(broken_off()) } else { Ok(()) }
    }

    /// Puts what came on disk, then counts it.
    async fn count(&mut self) -> Result<(), ProtocolError> {
        if self.at == self.counted {
            return Ok(());
        }
        self.file.flush().await.map_err(|e| disk_failed(&e))?;
        self.file.sync_data().await.map_err(|e| disk_failed(&e))?;
        let (id, at, hashing) = (self.row.id.clone(), self.at, self.hash.kept());
        let counted = self.app.write(self.who, move |cx| rows::received(cx, &id, at, hashing.as_deref())).await;
        counted.map_err(Failure::into_protocol)?;
        self.counted = at;
        Ok(())
    }
}

impl Summing {
    fn add(&mut self, bytes: &[u8]) {
        match self {
            Summing::Nothing => {}
            Summing::Sha1(sum) => sum.update(bytes),
            Summing::Sha256(sum) => sha2::Digest::update(sum, bytes),
        }
    }

    fn is(self, expected: &Checksum) -> bool {
        match (self, expected) {
            (Summing::Sha1(sum), Checksum::Sha1(expected)) => sum.finalize().as_slice() == expected,
            (Summing::Sha256(sum), Checksum::Sha256(expected)) => sha2::Digest::finalize(sum).as_slice() == expected,
            _ => false,
        }
    }
}

fn broken_off() -> ProtocolError {
    ProtocolError::new(ErrorCode::Unavailable, "the body broke off; what came is kept")
}
