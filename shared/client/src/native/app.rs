//! A running client: one per profile.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crypto::Key;
use protocol::{FileId, FileInfo, LocalId, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use view::{CommandEnvelope, CommandReply, ExportFormat, Failure, Update};

use super::engine_thread::{self, Native, OnUpdates};
use super::look;
use super::profile::Profile;
use super::transfer::{self, Transfers};
use crate::config::{AppConfig, Here, StartError};
use crate::driver::{Msg, OpenError, Readable, Setup};
use crate::export;

/// A running client. Share it behind an `Arc`; dropping it does what is queued, closes the cache and frees the profile.
pub struct App {
    // Before the runtime, so that the thread's last words still have one.
    commands: Option<mpsc::Sender<Msg>>,
    thread: Option<JoinHandle<()>>,
    on_updates: OnUpdates,
    runtime: Option<Runtime>,
    unlocked: Arc<OnceLock<Key>>,
}

/// Most commands that wait for the engine; a person cannot make more, only a broken UI.
const COMMANDS_MAX: usize = 10_000;
/// Most frames that wait for the engine: then the socket is not read, and the server waits.
const FRAMES_MAX: usize = 1_024;

impl App {
    /// Opens the profile and starts; returns once the cache is open, or known to be locked. `on_update` is called on the
    /// engine's thread, in order; it must not block for long, and may call [`Self::command`].
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(config: AppConfig, on_update: impl Fn(Update) + Send + Sync + 'static) -> Result<Self, StartError> {
        Self::start_batched(config, move |updates| updates.into_iter().for_each(&on_update))
    }

    /// As [`Self::start`], but what changed in one step comes together: fewer messages over a bridge.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start_batched(
        config: AppConfig,
        on_updates: impl Fn(Vec<Update>) + Send + Sync + 'static,
    ) -> Result<Self, StartError> {
        super::install_tls_provider();
        let profile = Profile::open(Path::new(&config.data_dir), config.key)?;
        let disk = |e: std::io::Error| StartError::Disk(e.to_string());
        let own = match &config.runtime {
            Some(_) => None,
            None => {
                let mut builder = Builder::new_multi_thread();
                Some(builder.worker_threads(1).thread_name("client-net").enable_all().build().map_err(disk)?)
            }
        };
        let handle = config.runtime.or_else(|| own.as_ref().map(|r| r.handle().clone()));
        let runtime = handle.ok_or_else(|| StartError::Disk("no runtime".to_owned()))?;
        let on_updates: OnUpdates = Arc::new(on_updates);
        let (commands, queue) = mpsc::channel(COMMANDS_MAX);
        let (tell, told) = mpsc::channel(FRAMES_MAX);
        let (opened, wait) = std::sync::mpsc::channel();
        let unlocked = profile.unlocked();
        let look_ms = look::wait_ms(&config.previews);
        let setup = Setup { can_host: config.can_host, device_name: config.device_name, here: config.here, look_ms };
        let native = Native {
            profile,
            runtime,
            on_updates: on_updates.clone(),
            tell,
            line: None,
            transfers: Transfers::default(),
            looker: look::fetcher(&config.previews),
            started: Instant::now(),
        };
        let thread = thread::Builder::new()
            .name("client-engine".to_owned())
            .spawn(move || engine_thread::run(native, setup, &opened, queue, told))
            .map_err(disk)?;
        match wait.recv() {
            Ok(Ok(())) => {
                Ok(Self { commands: Some(commands), thread: Some(thread), on_updates, runtime: own, unlocked })
            }
            Ok(Err(OpenError::Newer)) => Err(StartError::NewerVersion),
            Ok(Err(OpenError::Disk(e))) => Err(StartError::Disk(e)),
            Ok(Err(e)) => Err(StartError::Disk(format!("{e:?}"))),
            Err(_) => Err(StartError::Disk("the engine's thread ended".to_owned())),
        }
    }

    /// Queues a command; its [`Update::Reply`] comes back under the same number. Never blocks.
    pub fn command(&self, envelope: CommandEnvelope) {
        let id = envelope.id;
        if !self.tell(Msg::Command(envelope)) {
            let reply = CommandReply::Failed { failure: Failure::Internal };
            (self.on_updates)(vec![Update::Reply { id, reply }]);
        }
    }

    /// Says where [`view::ServerTarget::Here`] is now; `None` when this app hosts nothing.
    pub fn set_here(&self, here: Option<Here>) {
        self.tell(Msg::Here(here));
    }

    /// The key that the passphrase gave: other caches of the same person open with it. `None` until it was unlocked, and
    /// where the host gave the key itself.
    pub fn unlocked_key(&self) -> Option<Key> {
        self.unlocked.get().cloned()
    }

    /// The system says that the network changed or the machine woke up: the connection is made anew at once. The app
    /// also notices most such changes by itself, within ten seconds.
    pub fn network_changed(&self) {
        self.tell(Msg::NetworkChanged);
    }

    /// The person chose files to send: → [`Update::Picked`]. Folders and what cannot be read are passed over.
    pub fn pick(&self, paths: &[PathBuf]) {
        let new_id = || FileId::from(LocalId(uuid::Uuid::now_v7()));
        let picked = transfer::picked(paths, new_id);
        if !picked.is_empty() {
            self.tell(Msg::Picked(picked));
        }
    }

    /// The person chose where a file of a message shall go; what is there is replaced once the new one is whole.
    pub fn save(&self, file: FileInfo, place: &Path) {
        if let Some(place) = place.to_str() {
            self.tell(Msg::Save { file, place: place.to_owned() });
        }
    }

    /// Reads a file of a message, or a picked one, of at most `bytes_max`.
    ///
    /// # Errors
    /// `Refused` with `file_too_large`, what the server says, or why it is out of reach.
    pub async fn load(&self, file_id: &FileId, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let readable = self.readable(file_id).await.ok_or(Failure::Internal)?;
        if let Some(place) = readable.picked
            && let Ok(all) = transfer::read_picked(&place, bytes_max).await
        {
            return Ok(all);
        }
        if let Some(kept) = readable.kept {
            return Ok(kept);
        }
        let bytes =
            transfer::content(&readable.access.ok_or(Failure::Offline)?, file_id, readable.seal.as_ref(), bytes_max)
                .await?;
        if bytes.len() <= engine::KEPT_BYTES_MAX {
            // A client that is closing keeps nothing.
            self.tell(Msg::Keep { file_id: file_id.clone(), bytes: bytes.clone() });
        }
        Ok(bytes)
    }

    /// Where a file was saved on this device, once it is whole.
    pub async fn saved(&self, file_id: &FileId) -> Option<PathBuf> {
        self.readable(file_id).await?.saved.map(PathBuf::from)
    }

    /// All that this device can read, sealed with a passphrase.
    ///
    /// # Errors
    /// `WrongPassphrase` when it is too short, `Refused` with `file_too_large`, `Disk` when the cache cannot be read.
    pub async fn export(&self, passphrase: String, format: ExportFormat) -> Result<Vec<u8>, Failure> {
        let passphrase = zeroize::Zeroizing::new(passphrase);
        let (tell, told) = oneshot::channel();
        if !self.tell(Msg::Export { answer: Box::new(move |content| drop(tell.send(content))) }) {
            return Err(Failure::Internal);
        }
        let content = zeroize::Zeroizing::new(told.await.map_err(|_| Failure::Internal)??);
        // A thread of its own: this takes seconds, and nobody else should wait.
        let now = Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64));
        let seal = move || export::sealed(&passphrase, format, now, &content);
        tokio::task::spawn_blocking(seal).await.map_err(|_| Failure::Internal)?
    }

    async fn readable(&self, file_id: &FileId) -> Option<Readable> {
        let (tell, told) = oneshot::channel();
        let answer = Box::new(move |readable| drop(tell.send(readable)));
        if !self.tell(Msg::Access { file_id: file_id.clone(), answer }) {
            return None;
        }
        told.await.ok()
    }

    fn tell(&self, message: Msg) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.try_send(message).is_ok())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take()
            // Dropped from within `on_update`: the thread cannot wait for itself, and ends when this returns.
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
        if let Some(runtime) = self.runtime.take() {
            // Sockets end in the background: a runtime may not be waited for from within another.
            runtime.shutdown_background();
        }
    }
}
