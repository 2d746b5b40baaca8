//! Moves files between this device's disk and the server. Of a file there are never more than a few pieces in memory.

use std::collections::HashMap;
use std::io::SeekFrom;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use bytes::Bytes;
use crypto::FileSeal;
use engine::{Job, Picked, Progress, Source};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::{Method, StatusCode};
use protocol::{ErrorCode, FileId, file};
use sha2::Digest as _;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_util::io::ReaderStream;
use view::{Failure, Way};

use super::http::{Http, good, next};
use crate::driver::{Access, Msg};
use crate::{pieces, tus};

/// Bytes of an upload in one request: what is sent again at most, where a server keeps nothing of a broken one.
const PIECE_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes read at once.
const READ_BYTES: usize = 128 * 1024;
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The jobs that run.
#[derive(Default)]
pub(super) struct Transfers(HashMap<(FileId, Way), AbortHandle>);

impl Transfers {
    pub(super) fn start(&mut self, runtime: &Handle, access: Access, job: Job, tell: mpsc::Sender<Msg>) {
        let key = (job.file.id.clone(), job.way);
        let task = runtime.spawn(async move {
            let (file_id, way) = (job.file.id.clone(), job.way);
            let told = Told { file_id: file_id.clone(), way, tell: tell.clone(), moved: Arc::default() };
            let work = async {
                match way {
                    Way::Up => upload(&access, &job, &told.moved).await,
                    Way::Down => download(&access, &job, &told.moved).await,
                }
            };
            let result = told.while_running(work).await;
            if let Err(failure) = &result {
                tracing::info!(?way, ?failure, "a file could not be moved");
            }
            // The driver is gone when this fails.
            let _ = tell.send(Msg::Transfer { file_id, way, progress: Progress::Ended(result) }).await;
        });
        self.0.retain(|_, task| !task.is_finished());
        if let Some(earlier) = self.0.insert(key, task.abort_handle()) {
            earlier.abort();
        }
    }

    pub(super) fn stop(
        &mut self,
        runtime: &Handle,
        access: Option<Access>,
        file_id: FileId,
        way: Way,
        forget: Option<String>,
    ) {
        if let Some(task) = self.0.remove(&(file_id.clone(), way)) {
            task.abort();
        }
        match (way, forget, access) {
            (Way::Up, Some(_), Some(access)) => {
                // Asked once: a server forgets by itself what is not gone on with.
                runtime.spawn(async move {
                    let mut http = Http::open(&access).await?;
                    http.ask(Method::DELETE, &tus::upload(&file_id), &[]).await.map(drop)
                });
            }
            (Way::Down, Some(place), _) => {
                runtime.spawn(async move { fs::remove_file(unfinished(Path::new(&place))).await });
            }
            _ => {}
        }
    }

    pub(super) fn stop_all(&mut self) {
        self.0.drain().for_each(|(_, task)| task.abort());
    }
}

/// Tells how far a job is, now and then.
struct Told {
    file_id: FileId,
    way: Way,
    tell: mpsc::Sender<Msg>,
    moved: Arc<AtomicU64>,
}

impl Told {
    async fn while_running<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut ticks = tokio::time::interval(TELL_EVERY);
        let (mut before, mut since) = (0, Instant::now());
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = ticks.tick() => {
                    let now = self.moved.load(Ordering::Relaxed);
                    if now != before && since.elapsed() >= TELL_EVERY {
                        (before, since) = (now, Instant::now());
                        let progress = Progress::Moved(now);
                        // A busy engine hears of the next one.
                        let _ = self.tell.try_send(Msg::Transfer { file_id: self.file_id.clone(), way: self.way, progress });
                    }
                }
            }
        }
    }
}

/// Files that the person chose; folders and what cannot be read are passed over.
pub(super) fn picked(paths: &[PathBuf], mut new_id: impl FnMut() -> FileId) -> Vec<Picked> {
    let known = |path: &PathBuf| {
        let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Picked {
            file_id: new_id(),
            name: safe_name(&path.file_name()?.to_string_lossy()),
            size: about.len(),
            modified_ms: modified_ms(&about),
            place: path.to_str()?.to_owned(),
        })
    };
    paths.iter().filter_map(known).collect()
}

/// A name that servers take, as near to this one as can be.
fn safe_name(name: &str) -> String {
    let mut safe: String = name.chars().map(|c| if file::is_file_name(&format!("x{c}")) { c } else { '_' }).collect();
    while safe.len() > protocol::limits::FILE_NAME_BYTES_MAX {
        // From the middle of the name, so that its end still says what it is.
        let at = safe.char_indices().nth(safe.chars().count() / 2).map_or(0, |(at, _)| at);
        safe.remove(at);
    }
    if file::is_file_name(&safe) { safe } else { "file".to_owned() }
}

fn modified_ms(about: &std::fs::Metadata) -> i64 {
    let since = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(0)
}

async fn upload(access: &Access, job: &Job, moved: &Arc<AtomicU64>) -> Result<(), Failure> {
    let file = match job.source {
        Some(_) => None,
        None => Some(picked_file(job).await?),
    };
    let mut http = Http::open(access).await?;
    let path = tus::upload(&job.file.id);
    let there = match good(http.ask(Method::HEAD, &path, &[]).await?).await {
        Ok(response) => offset(&response)?,
        Err(Failure::Refused { code: ErrorCode::NotFound }) => {
            offset(&good(http.ask(Method::POST, tus::FILES, &tus::beginning(job)).await?).await?)?
        }
        Err(failure) => return Err(failure),
    };
    moved.store(there, Ordering::Relaxed);
    match (file, &job.source) {
        (Some(mut file), _) => {
            match job.seal {
                Some(_) => upload_pieces(&mut http, &mut Content::Picked(&mut file), job, there, moved).await?,
                None => upload_as_it_is(&mut http, &mut file, job, there, moved).await?,
            }
            is_the_same(&file, job).await
        }
        (None, Some(source)) => {
            let from = Http::open(access).await?;
            upload_pieces(&mut http, &mut Content::Elsewhere(from, source), job, there, moved).await
        }
        (None, None) => Err(Failure::FileGone),
    }
}

async fn picked_file(job: &Job) -> Result<File, Failure> {
    let file = File::open(&job.place).await.map_err(|_| Failure::FileGone)?;
    is_the_same(&file, job).await?;
    Ok(file)
}

async fn upload_as_it_is(
    http: &mut Http,
    file: &mut File,
    job: &Job,
    mut there: u64,
    moved: &Arc<AtomicU64>,
) -> Result<(), Failure> {
    let path = tus::upload(&job.file.id);
    while there < job.file.size {
        let length = PIECE_BYTES.min(job.file.size - there);
        file.seek(SeekFrom::Start(there)).await.map_err(|_| Failure::FileGone)?;
        let piece = file.try_clone().await.map_err(|_| Failure::Disk)?.take(length);
        let counter = Arc::clone(moved);
        let frames = ReaderStream::with_capacity(piece, READ_BYTES).map_ok(move |bytes| {
            counter.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            Frame::data(bytes)
        });
        let body = StreamBody::new(frames).boxed_unsync();
        let answer = http.bring(Method::PATCH, &path, &at(there), body, length, moved).await?;
        there = further(&good(answer).await?, there)?;
        moved.store(there, Ordering::Relaxed);
    }
    Ok(())
}

/// Where the content of an upload comes from that is read piece by piece.
enum Content<'a> {
    Picked(&'a mut File),
    Elsewhere(Http, &'a Source),
}

impl Content<'_> {
    async fn read(&mut self, part: &Range<u64>) -> Result<Vec<u8>, Failure> {
        match self {
            Content::Picked(file) => {
                file.seek(SeekFrom::Start(part.start)).await.map_err(|_| Failure::FileGone)?;
                let mut bytes = Vec::new();
                let length = part.end - part.start;
                (&mut **file).take(length).read_to_end(&mut bytes).await.map_err(|_| Failure::FileGone)?;
                Ok(bytes)
            }
            Content::Elsewhere(http, source) => part_of(http, &source.file_id, source.seal.as_ref(), part).await,
        }
    }
}

async fn upload_pieces(
    http: &mut Http,
    from: &mut Content<'_>,
    job: &Job,
    mut there: u64,
    moved: &Arc<AtomicU64>,
) -> Result<(), Failure> {
    let path = tus::upload(&job.file.id);
    while there < pieces::length(job) {
        let piece = pieces::next(job, there)?;
        let bytes = Bytes::from(piece.sealed(job, from.read(&piece.plain).await?)?);
        let length = bytes.len() as u64;
        // In steps, so that a standstill is seen and progress told.
        let steps =
            (0..bytes.len()).step_by(READ_BYTES).map(move |at| bytes.slice(at..bytes.len().min(at + READ_BYTES)));
        let counter = Arc::clone(moved);
        let frames = futures_util::stream::iter(steps).map(move |step| {
            counter.fetch_add(step.len() as u64, Ordering::Relaxed);
            Ok(Frame::data(step))
        });
        let body = StreamBody::new(frames).boxed_unsync();
        let answer = http.bring(Method::PATCH, &path, &at(there), body, length, moved).await?;
        there = further(&good(answer).await?, there)?;
        moved.store(there, Ordering::Relaxed);
    }
    Ok(())
}

fn at(there: u64) -> [(&'static str, String); 2] {
    [("content-type", tus::BODY_TYPE.to_owned()), (tus::OFFSET, there.to_string())]
}

/// How far it is now; further than it was.
fn further<T>(response: &hyper::Response<T>, there: u64) -> Result<u64, Failure> {
    let now = offset(response)?;
    if now > there { Ok(now) } else { Err(Failure::Refused { code: ErrorCode::OffsetMismatch }) }
}

/// A part of a content on the server, opened.
async fn part_of(
    http: &mut Http,
    file_id: &FileId,
    seal: Option<&FileSeal>,
    part: &Range<u64>,
) -> Result<Vec<u8>, Failure> {
    if part.is_empty() {
        return Ok(Vec::new());
    }
    let lies = pieces::lies_at(seal, part)?;
    let response = good(http.ask(Method::GET, &tus::content(file_id), &tus::part(&lies)).await?).await?;
    let whole = response.status() != StatusCode::PARTIAL_CONTENT;
    let expected = lies.end - lies.start;
    let mut body = response.into_body();
    let mut bytes = Vec::with_capacity(expected as usize);
    while let Some(more) = next(&mut body).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() as u64 > expected {
            return Err(Failure::NotAServer);
        }
    }
    if bytes.len() as u64 != expected || (whole && lies.start > 0) {
        return Err(Failure::Unreachable);
    }
    pieces::opened(seal, part, bytes)
}

/// A file that was written to meanwhile would arrive as neither the one nor the other.
async fn is_the_same(file: &File, job: &Job) -> Result<(), Failure> {
    let about = file.metadata().await.map_err(|_| Failure::FileGone)?;
    let same = about.len() == job.file.size && modified_ms(&about) == job.modified_ms;
    if same { Ok(()) } else { Err(Failure::FileChanged) }
}

fn offset<T>(response: &hyper::Response<T>) -> Result<u64, Failure> {
    let value = response.headers().get(tus::OFFSET).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    value.ok_or(Failure::NotAServer)
}

/// Where a file grows before it is whole.
fn unfinished(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    place.with_file_name(name)
}

async fn download(access: &Access, job: &Job, moved: &Arc<AtomicU64>) -> Result<(), Failure> {
    let (place, part) = (PathBuf::from(&job.place), unfinished(Path::new(&job.place)));
    let disk = |_| Failure::Disk;
    let mut file = OpenOptions::new().create(true).append(true).open(&part).await.map_err(disk)?;
    let mut have = file.metadata().await.map_err(disk)?.len();
    if let Some(seal) = &job.seal {
        fetch_sealed(access, job, seal, &mut file, have, moved).await?;
        drop(file);
        return fs::rename(&part, &place).await.map_err(disk);
    }
    if have > job.file.size {
        file.set_len(0).await.map_err(disk)?;
        have = 0;
    }
    if have < job.file.size {
        let mut http = Http::open(access).await?;
        let headers = tus::range(job, have);
        let response = good(http.ask(Method::GET, &tus::content(&job.file.id), &headers).await?).await?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            file.set_len(0).await.map_err(disk)?;
            have = 0;
        }
        moved.store(have, Ordering::Relaxed);
        let mut body = response.into_body();
        while let Some(bytes) = next(&mut body).await? {
            file.write_all(&bytes).await.map_err(disk)?;
            moved.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        }
    }
    file.sync_all().await.map_err(disk)?;
    drop(file);
    let (whole, expected) = (part.clone(), job.file.hash.clone());
    let found = tokio::task::spawn_blocking(move || hash_of(&whole)).await.map_err(|_| Failure::Internal)?;
    if found.map_err(disk)? != expected {
        let _ = fs::remove_file(&part).await;
        return Err(Failure::Refused { code: ErrorCode::ChecksumMismatch });
    }
    fs::rename(&part, &place).await.map_err(disk)
}

/// What is on the disk is opened and authentic, and goes on where it ends.
async fn fetch_sealed(
    access: &Access,
    job: &Job,
    seal: &FileSeal,
    file: &mut File,
    have: u64,
    moved: &Arc<AtomicU64>,
) -> Result<(), Failure> {
    let disk = |_| Failure::Disk;
    let chunk = seal.chunk().bytes() as u64;
    let mut have = if have > seal.length() { 0 } else { have / chunk * chunk };
    file.set_len(have).await.map_err(disk)?;
    let mut http = Http::open(access).await?;
    moved.store(have, Ordering::Relaxed);
    while have < seal.length() {
        let part = have..(have + pieces::PIECE_BYTES).min(seal.length());
        let content = part_of(&mut http, &job.file.id, Some(seal), &part).await?;
        file.write_all(&content).await.map_err(disk)?;
        have = part.end;
        moved.store(have, Ordering::Relaxed);
    }
    file.sync_all().await.map_err(disk)
}

fn hash_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match std::io::Read::read(&mut file, &mut buffer)? {
            0 => break,
            count => hash.update(&buffer[..count]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A file's content, opened, of at most `bytes_max` on the server.
pub(super) async fn content(
    access: &Access,
    file_id: &FileId,
    seal: Option<&FileSeal>,
    bytes_max: usize,
) -> Result<Vec<u8>, Failure> {
    let mut http = Http::open(access).await?;
    let response = good(http.ask(Method::GET, &tus::content(file_id), &[]).await?).await?;
    let bytes_max = bytes_max.saturating_add(pieces::more(seal));
    let mut body = response.into_body();
    let mut all = Vec::new();
    while let Some(bytes) = next(&mut body).await? {
        if all.len() + bytes.len() > bytes_max {
            return Err(Failure::Refused { code: ErrorCode::FileTooLarge });
        }
        all.extend_from_slice(&bytes);
    }
    pieces::opened_whole(seal, all)
}

/// A picked file's content, of at most `bytes_max`.
pub(super) async fn read_picked(place: &str, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let file = File::open(place).await.map_err(|_| Failure::FileGone)?;
    let mut all = Vec::new();
    file.take(bytes_max as u64 + 1).read_to_end(&mut all).await.map_err(|_| Failure::FileGone)?;
    if all.len() > bytes_max { Err(Failure::Refused { code: ErrorCode::FileTooLarge }) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_servers_refuse_are_mended_and_keep_their_ends() {
        assert_eq!(safe_name("отчёт за март.pdf"), "отчёт за март.pdf");
        assert_eq!(safe_name("a\u{202e}gpj.exe"), "a_gpj.exe");
        assert_eq!(safe_name(".."), "file");
        let long = safe_name(&format!("{}.tar.gz", "ы".repeat(300)));
        assert!(long.len() <= 255 && long.ends_with(".tar.gz"), "{long}");
    }
}
