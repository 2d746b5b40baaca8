//! Files on their way: up from where the person picked them, down to where the person wants them. What is under way is in the
//! cache and goes on after a restart; the driver moves the bytes and asks the server how far an upload has come.
//!
//! A message with files waits outside of its chat's lane until they are up: what is written after it need not wait for it.

use std::collections::BTreeMap;

use crypto::FileSeal;
use protocol::limits::ATTACHMENTS_MAX;
use protocol::{ErrorCode, FileId, FileInfo, Timestamp};
use sql::{Row, Tx, params};
use view::{Failure, PickedRow, TransferRow, TransferState, Update, Way};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::{Output, Timer};
use crate::sealing::files::seal_of;
use crate::step::Step;

mod copies;
mod message;

/// Most files that move at a time.
const RUNNING_MAX: usize = 3;
/// Most saved files that are remembered, to be opened again.
const SAVED_MAX: u32 = 500;
/// Longest pause after a failure that may pass.
const PAUSE_MS_MAX: u32 = 30_000;

/// A file that the person picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Its id, there too.
    pub file_id: FileId,
    /// A name that servers take.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds; with the size it shows whether it is still the same.
    pub modified_ms: i64,
    /// Where it is, in the driver's words.
    pub place: String,
}

/// Bytes that the driver is to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Which way.
    pub way: Way,
    /// The file; of one that goes up only id, name and size are known.
    pub file: FileInfo,
    /// Where from, or where to, in the driver's words.
    pub place: String,
    /// When the file was last changed as it was picked.
    pub modified_ms: i64,
    /// What seals it on its way up and opens it on its way down; `None` for a file that the server may read.
    pub seal: Option<FileSeal>,
    /// What goes up is the content of another file on the server, and `place` says nothing.
    pub source: Option<Source>,
}

/// A file on the server that is said again where its bytes, as they lie there, would not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub file_id: FileId,
    /// What opens it, when it is sealed.
    pub seal: Option<FileSeal>,
}

/// What the driver tells of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// So many bytes are there.
    Moved(u64),
    /// All are, or it went wrong.
    Ended(Result<(), Failure>),
}

/// What moves now.
#[derive(Default)]
pub(crate) struct Transfers {
    running: BTreeMap<(FileId, Way), u64>,
    /// Something may be ready to start.
    pub(crate) look: bool,
    paused_until: i64,
    failures: u32,
}

/// How a row stands; `Running` is known in memory only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    Waits = 0,
    Paused = 1,
    Failed = 2,
    There = 3,
}

struct Kept {
    way: Way,
    file: FileInfo,
    place: String,
    modified_ms: i64,
    stand: Stand,
    failure: Option<Failure>,
    source: Option<FileId>,
}

const COLUMNS: &str = "up, file, place, modified_ms, state, failure, source";

fn read(r: &Row<'_>) -> Result<Kept, sql::Error> {
    let broken = |what: &str| sql::Error::Bug(format!("transfers.{what} is not what was written"));
    Ok(Kept {
        way: if r.flag(0)? { Way::Up } else { Way::Down },
        file: serde_json::from_str(&r.text(1)?).map_err(|_| broken("file"))?,
        place: r.text(2)?,
        modified_ms: r.int(3)?,
        stand: match r.int(4)? {
            0 => Stand::Waits,
            1 => Stand::Paused,
            2 => Stand::Failed,
            _ => Stand::There,
        },
        failure: r.opt_text(5)?.and_then(|json| serde_json::from_str(&json).ok()),
        source: r.opt_text(6)?.and_then(FileId::new),
    })
}

fn get(tx: &mut Tx<'_>, id: &FileId, way: Way) -> Result<Option<Kept>, sql::Error> {
    tx.row(
        &format!("SELECT {COLUMNS} FROM transfers WHERE file_id = ?1 AND up = ?2"),
        params![id.as_str(), way == Way::Up],
        read,
    )
}

fn set(tx: &mut Tx<'_>, id: &FileId, way: Way, stand: Stand, failure: Option<Failure>) -> Result<(), EngineError> {
    let failure = failure.map(|failure| serde_json::to_string(&failure)).transpose()?;
    tx.execute(
        "UPDATE transfers SET state = ?3, failure = ?4 WHERE file_id = ?1 AND up = ?2",
        params![id.as_str(), way == Way::Up, stand as i64, failure],
    )?;
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    way: Way,
    file: &FileInfo,
    place: &str,
    modified_ms: i64,
    stand: Stand,
) -> Result<(), EngineError> {
    tx.execute(
        "INSERT INTO transfers (n, file_id, up, chat_id, message_id, file, place, modified_ms, state, failure)
         VALUES ((SELECT coalesce(max(n), 0) + 1 FROM transfers), ?1, ?2, NULL, NULL, ?3, ?4, ?5, ?6, NULL)
         ON CONFLICT (file_id, up) DO UPDATE SET place = excluded.place, state = excluded.state, failure = NULL",
        params![file.id.as_str(), way == Way::Up, serde_json::to_string(file)?, place, modified_ms, stand as i64],
    )?;
    Ok(())
}

impl Engine {
    /// Where a file is on this device: picked, or saved. In the driver's words.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn place_of(&self, tx: &mut Tx<'_>, id: &FileId, way: Way) -> Result<Option<String>, EngineError> {
        let kept = get(tx, id, way)?.filter(|kept| way == Way::Up || kept.stand == Stand::There);
        Ok(kept.map(|kept| kept.place))
    }

    /// What opens a file of an encrypted chat.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn seal_of(&self, tx: &mut Tx<'_>, id: &FileId) -> Result<Option<FileSeal>, EngineError> {
        Ok(seal_of(tx, id)?)
    }

    /// The person chose files.
    pub(crate) fn picked(&mut self, s: &mut Step<'_, '_>, files: Vec<Picked>) -> Result<(), EngineError> {
        if self.account.is_none() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(files.len());
        for Picked { file_id, name, size, modified_ms, place } in files {
            let file = FileInfo {
                id: file_id,
                name,
                size,
                mime_type: String::new(),
                hash: String::new(),
                uploaded_at: Timestamp(0),
                encrypted: false,
                encryption_key_id: None,
            };
            insert(s.tx, Way::Up, &file, &place, modified_ms, Stand::Waits)?;
            rows.push(PickedRow { file_id: file.id, name: file.name, size });
        }
        s.update(Update::Picked { files: rows });
        Ok(())
    }

    /// The person chose where a file shall go.
    pub(crate) fn save(&mut self, s: &mut Step<'_, '_>, file: &FileInfo, place: &str) -> Result<(), EngineError> {
        if self.account.is_none() {
            return Ok(());
        }
        self.stop(s, &file.id, Way::Down);
        insert(s.tx, Way::Down, file, place, 0, Stand::Waits)?;
        s.tx.execute(
            "DELETE FROM transfers WHERE up = 0 AND state = 3 AND n <= (SELECT max(n) FROM transfers) - ?1",
            params![SAVED_MAX],
        )?;
        self.transfers.look = true;
        self.tell_transfer(s, &file.id, Way::Down)
    }

    /// A picked file is not wanted after all.
    pub(crate) fn drop_picked(&mut self, s: &mut Step<'_, '_>, id: &FileId) -> Result<(), EngineError> {
        s.tx.execute(
            "DELETE FROM transfers WHERE file_id = ?1 AND up = 1 AND message_id IS NULL
                 AND file_id NOT IN (SELECT file_id FROM avatars WHERE file_id IS NOT NULL)",
            params![id.as_str()],
        )?;
        Ok(())
    }

    /// The process started: what was picked and never sent is forgotten.
    pub(crate) fn forget_unsent_picks(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        s.tx.execute(
            "DELETE FROM transfers WHERE up = 1 AND coalesce(message_id, '') = ''
                 AND file_id NOT IN (SELECT file_id FROM avatars WHERE file_id IS NOT NULL)",
            &[],
        )?;
        Ok(())
    }

    /// A file that the person picked, and that is not on its way yet.
    pub(crate) fn is_picked(&self, tx: &mut Tx<'_>, id: &FileId) -> Result<bool, EngineError> {
        Ok(get(tx, id, Way::Up)?.is_some())
    }

    /// What is up needs no row any more.
    pub(crate) fn forget_upload(&mut self, s: &mut Step<'_, '_>, id: &FileId) -> Result<(), EngineError> {
        s.tx.execute("DELETE FROM transfers WHERE file_id = ?1 AND up = 1", params![id.as_str()])?;
        self.tell_transfer(s, id, Way::Up)
    }

    /// Starts what may start.
    pub(crate) fn start_transfers(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.transfers.look || !self.is_entered() || s.now < self.transfers.paused_until {
            return Ok(());
        }
        self.transfers.look = false;
        let waiting = s.tx.rows(
            &format!(
                "SELECT {COLUMNS} FROM transfers
                 WHERE state = 0 AND (up = 0 OR message_id IS NOT NULL OR file_id IN (SELECT file_id FROM avatars))
                 ORDER BY n LIMIT 100"
            ),
            &[],
            read,
        )?;
        for kept in waiting {
            if self.transfers.running.len() >= RUNNING_MAX {
                break;
            }
            let key = (kept.file.id.clone(), kept.way);
            if self.transfers.running.contains_key(&key) {
                continue;
            }
            let id = key.0.clone();
            let Kept { way, file, place, modified_ms, source, .. } = kept;
            let seal = seal_of(s.tx, &id)?;
            if file.encrypted && seal.is_none() {
                // The message that had its key went meanwhile.
                set(s.tx, &id, way, Stand::Failed, Some(Failure::Refused { code: ErrorCode::NotFound }))?;
                self.tell_transfer(s, &id, way)?;
                continue;
            }
            self.transfers.running.insert(key, 0);
            let source = match source {
                Some(file_id) => Some(Source { seal: seal_of(s.tx, &file_id)?, file_id }),
                None => None,
            };
            s.out.push(Output::Transfer(Box::new(Job { way, file, place, modified_ms, seal, source })));
            self.tell_transfer(s, &id, way)?;
        }
        Ok(())
    }

    /// The driver tells of a job.
    pub(crate) fn transfer_moved(
        &mut self,
        s: &mut Step<'_, '_>,
        id: &FileId,
        way: Way,
        progress: Progress,
    ) -> Result<(), EngineError> {
        let Some(done) = self.transfers.running.get_mut(&(id.clone(), way)) else { return Ok(()) };
        match progress {
            Progress::Moved(bytes) => *done = bytes,
            Progress::Ended(result) => {
                self.transfers.running.remove(&(id.clone(), way));
                self.transfers.look = true;
                match result {
                    Ok(()) => {
                        self.transfers.failures = 0;
                        set(s.tx, id, way, Stand::There, None)?;
                        if way == Way::Up {
                            self.avatar_is_up(id);
                            self.emoji_is_up(s, id)?;
                            self.file_is_up(s, id)?;
                        }
                    }
                    Err(failure) if may_pass(failure) => self.pause_transfers(s),
                    Err(failure) => {
                        set(s.tx, id, way, Stand::Failed, Some(failure))?;
                        self.avatar_is_lost(s, id)?;
                        self.emoji_is_lost(s, id, failure);
                    }
                }
            }
        }
        self.tell_transfer(s, id, way)
    }

    fn pause_transfers(&mut self, s: &mut Step<'_, '_>) {
        self.transfers.failures = (self.transfers.failures + 1).min(16);
        let most = 500u32.saturating_mul(1 << self.transfers.failures.min(10)).min(PAUSE_MS_MAX);
        let pause = s.chance_ms(most).max(200);
        self.transfers.paused_until = s.now + i64::from(pause);
        s.set_timer(Timer::Files, pause);
    }

    /// Now is a good time: the timer, or a new connection.
    pub(crate) fn transfers_may_start(&mut self) {
        self.transfers.paused_until = 0;
        self.transfers.look = true;
    }

    pub(crate) fn pause_transfer(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) -> Result<(), EngineError> {
        if get(s.tx, id, way)?.is_some_and(|kept| kept.stand != Stand::There) {
            set(s.tx, id, way, Stand::Paused, None)?;
            self.stop(s, id, way);
        }
        self.tell_transfer(s, id, way)
    }

    pub(crate) fn resume_transfer(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) -> Result<(), EngineError> {
        if get(s.tx, id, way)?.is_some_and(|kept| matches!(kept.stand, Stand::Paused | Stand::Failed)) {
            set(s.tx, id, way, Stand::Waits, None)?;
            self.transfers_may_start();
        }
        self.tell_transfer(s, id, way)
    }

    /// Ends it and forgets it.
    pub(crate) fn cancel_transfer(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) -> Result<(), EngineError> {
        if way == Way::Up {
            self.take_file_out(s, id)?;
        }
        self.forget_transfer(s, id, way)
    }

    fn forget_transfer(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) -> Result<(), EngineError> {
        let Some(kept) = get(s.tx, id, way)? else { return self.tell_transfer(s, id, way) };
        self.transfers.running.remove(&(id.clone(), way));
        // A saved file is the person's.
        if way == Way::Up || kept.stand != Stand::There {
            s.out.push(Output::StopTransfer { file_id: id.clone(), way, forget: Some(kept.place) });
        }
        s.tx.execute("DELETE FROM transfers WHERE file_id = ?1 AND up = ?2", params![id.as_str(), way == Way::Up])?;
        self.transfers.look = true;
        self.tell_transfer(s, id, way)
    }

    fn stop(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) {
        if self.transfers.running.remove(&(id.clone(), way)).is_some() {
            self.transfers.look = true;
            s.out.push(Output::StopTransfer { file_id: id.clone(), way, forget: None });
        }
    }

    /// After `Start`.
    pub(crate) fn show_transfers(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let kept = s.tx.rows(
            &format!("SELECT {COLUMNS} FROM transfers WHERE up = 0 OR message_id IS NOT NULL ORDER BY n"),
            &[],
            read,
        )?;
        let transfers = kept.into_iter().map(|kept| self.transfer_row(kept)).collect();
        s.update(Update::Transfers { transfers });
        Ok(())
    }

    fn tell_transfer(&mut self, s: &mut Step<'_, '_>, id: &FileId, way: Way) -> Result<(), EngineError> {
        let transfer = match get(s.tx, id, way)? {
            Some(kept) => self.transfer_row(kept),
            None => TransferRow { file_id: id.clone(), way, done: 0, size: 0, state: TransferState::Gone },
        };
        s.update(Update::Transfer { transfer });
        Ok(())
    }

    fn transfer_row(&self, kept: Kept) -> TransferRow {
        let Kept { way, file, stand, failure, .. } = kept;
        let moved = self.transfers.running.get(&(file.id.clone(), way)).copied();
        let state = match stand {
            Stand::Waits if moved.is_some() => TransferState::Running,
            Stand::Waits => TransferState::Waiting,
            Stand::Paused => TransferState::Paused,
            Stand::Failed => TransferState::Failed { failure: failure.unwrap_or(Failure::Internal) },
            Stand::There => TransferState::Done,
        };
        // What is sealed is a little longer on its way than it is.
        let done = if stand == Stand::There { file.size } else { moved.unwrap_or(0).min(file.size) };
        TransferRow { file_id: file.id, way, done, size: file.size, state }
    }
}

/// Worth trying again without being asked: the network, a server that is busy, a token that has just ended.
fn may_pass(failure: Failure) -> bool {
    match failure {
        Failure::Unreachable | Failure::TimedOut | Failure::Offline | Failure::NotAServer => true,
        Failure::Refused { code } => {
            code.is_retryable()
                || matches!(
                    code,
                    ErrorCode::TokenExpired
                        | ErrorCode::TokenInvalid
                        | ErrorCode::Unauthenticated
                        | ErrorCode::OffsetMismatch
                )
        }
        _ => false,
    }
}

/// As many as a message may have.
pub(crate) fn is_count(files: usize) -> bool {
    (1..=ATTACHMENTS_MAX).contains(&files)
}
