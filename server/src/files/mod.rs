//! The bytes of files: takes them in, keeps each content once, gives them out. Who may is decided by `domain::files`.
//!
//! An upload grows in `uploads/ID`. Its row says how many bytes count; what lies behind them is from a broken attempt and is
//! overwritten. When all are there, the content gets its name (SHA-256) in the row first and its place in the storage second,
//! so that after a crash at any point either the upload or the stored content is there.

mod append;
mod bucket;
mod disk;
mod hash;
mod places;
mod scan;
mod sniff;
mod storage;
mod sweep;
mod turn;

use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use protocol::{ErrorCode, FileId, FileInfo, ProtocolError, UserId};

pub use append::{Checksum, append};
pub use bucket::{Bucket, BucketConfig};
pub use disk::Disk;
pub use scan::{Scanner, Verdict};
pub use storage::Storage;
pub use sweep::sweep;

use crate::domain::files::{self as rows, NewFile, Room};
use crate::domain::{Failure, SERVER};
use crate::state::App;
use crate::store::files::FileRow;
use hash::Following;
use places::Places;
use turn::Turns;

/// So much of the beginning tells what a file is.
const HEAD_BYTES: usize = 8 * 1024;

/// What an operator can set about files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilesConfig {
    /// Everything about files lies here; made when first needed. With a bucket only uploads under way do.
    pub folder: PathBuf,
    /// Where whole files lie, instead of in the folder.
    pub bucket: Option<BucketConfig>,
    /// How much may be kept.
    pub room: Room,
    /// Who looks at uploads before others may read them.
    pub scanner: Option<Scanner>,
}

/// The files of a server.
pub struct Files {
    config: FilesConfig,
    storage: Storage,
    turns: Turns,
    /// Held by whoever puts a content into its place or takes it from there.
    places: Places,
}

impl Files {
    /// Touches no disk yet.
    pub fn new(config: FilesConfig) -> Self {
        let storage = match &config.bucket {
            Some(bucket) => Storage::Bucket(Bucket::new(bucket.clone())),
            None => Storage::Disk(Disk::new(config.folder.join("content"))),
        };
        Self { config, storage, turns: Turns::default(), places: Places::default() }
    }

    /// How much room there is.
    pub fn room(&self) -> Room {
        self.config.room
    }

    /// Where the contents are.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    fn upload_path(&self, id: &FileId) -> PathBuf {
        self.config.folder.join("uploads").join(id.as_str())
    }
}

/// Keeps a content that the server itself brings. Until something uses it, it is like any other file that nothing uses.
///
/// # Errors
/// `file_too_large`, `quota_exceeded`, `unavailable`.
pub async fn keep(app: &App, name: &str, content: Bytes) -> Result<FileInfo, ProtocolError> {
    let new = NewFile {
        id: None,
        name: name.to_owned(),
        size: content.len() as u64,
        encrypted: false,
        encryption_key_id: None,
    };
    let room = app.files.room();
    let row = app.write(SERVER, move |cx| rows::create(cx, new, room)).await.map_err(Failure::into_protocol)?;
    let body = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(content)]);
    let row = append(app.clone(), SERVER, row.id, 0, None, body).await?;
    row.info().ok_or_else(|| ProtocolError::new(ErrorCode::FileIncomplete, "the file is not whole"))
}

/// Where an upload of this person stands; waits for what is under way with it, and ends that: whoever asks has lost the
/// connection on which it came. All bytes there but not whole yet: it is made whole.
///
/// # Errors
/// `not_found`, `unavailable`.
pub async fn stand(app: &App, who: UserId, id: &FileId) -> Result<FileRow, ProtocolError> {
    let _turn = app.files.turns.take(id).await;
    let row = own(app, who, id).await?;
    if row.received == row.size { finish(app, who, row).await } else { Ok(row) }
}

/// Ends an upload, or takes away an own file that no message uses.
///
/// # Errors
/// `not_found`, `forbidden`, `unavailable`.
pub async fn remove(app: &App, who: UserId, id: &FileId) -> Result<(), ProtocolError> {
    let _turn = app.files.turns.take(id).await;
    let wanted = id.clone();
    let row = app.write(who, move |cx| rows::remove(cx, &wanted)).await.map_err(Failure::into_protocol)?;
    drop_bytes(app, &row).await.map_err(|e| disk_failed(&e))
}

/// Forgets uploads that came to nothing and files that nothing uses any more, with their bytes.
///
/// # Errors
/// [`Failure`] of the database; a disk that fails is logged, and the bytes stay.
pub async fn collect_garbage(app: &App) -> Result<(), Failure> {
    loop {
        let gone = app.write(SERVER, rows::forget_expired).await?;
        if gone.is_empty() {
            return Ok(());
        }
        tracing::info!(files = gone.len(), "forgot files that nothing uses");
        for row in &gone {
            let _turn = app.files.turns.take(&row.id).await;
            if let Err(error) = drop_bytes(app, row).await {
                tracing::warn!(%error, "the bytes of a forgotten file stay");
            }
        }
    }
}

async fn own(app: &App, who: UserId, id: &FileId) -> Result<FileRow, ProtocolError> {
    let id = id.clone();
    app.read(who, move |cx| rows::own(cx, &id)).await.map_err(Failure::into_protocol)
}

/// Takes a forgotten file's bytes away, unless another file has the same.
async fn drop_bytes(app: &App, row: &FileRow) -> io::Result<()> {
    disk::remove_if_there(&app.files.upload_path(&row.id)).await?;
    if row.stored_name.is_empty() {
        return Ok(());
    }
    let _place = app.files.places.hold(&row.stored_name).await;
    let name = row.stored_name.clone();
    let held = app.read(SERVER, move |cx| rows::is_held(cx, &name)).await;
    if held.map_err(io::Error::other)? { Ok(()) } else { app.files.storage.remove(&row.stored_name).await }
}

/// All bytes are there: names the content, puts it into its place, tells the row. Whole files stay as they are.
async fn finish(app: &App, who: UserId, row: FileRow) -> Result<FileRow, ProtocolError> {
    if row.uploaded_at.is_some() {
        return Ok(row);
    }
    let path = app.files.upload_path(&row.id);
    let (name, kind) = if row.stored_name.is_empty() || tokio::fs::try_exists(&path).await.unwrap_or(true) {
        let (path, encrypted) = (path.clone(), row.encrypted);
        let known = Following::from(row.received, row.hashing.as_deref()).name();
        let read = tokio::task::spawn_blocking(move || examine(&path, known, encrypted)).await;
        read.map_err(io::Error::other).flatten().map_err(|e| disk_failed(&e))?
    } else {
        (row.stored_name.clone(), row.mime_type.clone())
    };
    cleared(app, who, &row, &path).await?;
    let _place = app.files.places.hold(&name).await;
    let (id, stored_name) = (row.id.clone(), name.clone());
    let known = app.write(who, move |cx| rows::known(cx, &id, &stored_name, kind.as_ref())).await;
    known.map_err(Failure::into_protocol)?;
    app.files.storage.place(&path, &name).await.map_err(|e| disk_failed(&e))?;
    let id = row.id.clone();
    app.write(who, move |cx| rows::whole(cx, &id)).await.map_err(Failure::into_protocol)
}

/// Holds an upload back until the scanner has nothing against it. What is sealed it could not read; without a scanner all passes.
///
/// # Errors
/// `file_infected`: the upload is gone; `unavailable`: it stays, and is looked at again when its uploader asks how it stands.
async fn cleared(app: &App, who: UserId, row: &FileRow, path: &std::path::Path) -> Result<(), ProtocolError> {
    let Some(scanner) = app.files.config.scanner.as_ref().filter(|_| !row.encrypted) else { return Ok(()) };
    if !tokio::fs::try_exists(path).await.unwrap_or(true) {
        // It was seen before a crash, and has its place already.
        return Ok(());
    }
    match scanner.scan(path).await {
        Ok(Verdict::Clean) => Ok(()),
        Ok(Verdict::TooLarge) => {
            tracing::warn!(file = %row.id, size = row.size, "too large for the virus scanner (StreamMaxLength): not scanned");
            Ok(())
        }
        Ok(Verdict::Infected(name)) => {
            tracing::warn!(file = %row.id, user = %who, %name, "the virus scanner refuses a file");
            let id = row.id.clone();
            let gone = app.write(who, move |cx| rows::remove(cx, &id)).await.map_err(Failure::into_protocol)?;
            drop_bytes(app, &gone).await.map_err(|e| disk_failed(&e))?;
            Err(ProtocolError::new(ErrorCode::FileInfected, format!("the virus scanner found {name}")))
        }
        Err(error) => {
            tracing::error!(%error, "the virus scanner gives no answer; files wait for it");
            Err(ProtocolError {
                code: ErrorCode::Unavailable,
                message: "the virus scanner is not available just now".to_owned(),
                retry_after_ms: Some(10_000),
            })
        }
    }
}

/// The content's name, unless it is known, and kind.
fn examine(path: &std::path::Path, known: Option<String>, encrypted: bool) -> io::Result<(String, String)> {
    use std::io::{Read as _, Seek as _};
    let mut file = std::fs::File::open(path)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let kind = if encrypted { sniff::BYTES } else { sniff::kind_of(&head) };
    if let Some(name) = known {
        return Ok((name, kind.to_owned()));
    }
    file.rewind()?;
    Ok((hash::name_of_all(file)?, kind.to_owned()))
}

fn disk_failed(error: &io::Error) -> ProtocolError {
    tracing::error!(%error, "the storage refused a file");
    if error.kind() == io::ErrorKind::StorageFull {
        return ProtocolError::new(ErrorCode::QuotaExceeded, "the server's disk is full");
    }
    ProtocolError {
        code: ErrorCode::Unavailable,
        message: "the server's storage is not available just now".to_owned(),
        retry_after_ms: Some(5_000),
    }
}

/// Whether browsers may show the content in place: pictures made of dots, sound and video, which hold nothing that runs.
pub fn is_inert(mime_type: &str) -> bool {
    sniff::INERT.contains(&mime_type)
}
