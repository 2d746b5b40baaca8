//! A running client in a worker.

use std::pin::pin;
use std::rc::Rc;

use engine::Job;
use futures_util::future::{Either, select};
use protocol::{ClientFrame, FileId, LocalId, Timestamp};
use sql::Store;
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, ExportFormat, Failure, Update, Way};
use web_sys::{Blob, File};

use super::introduce;
use super::queue::Queue;
use super::sleep::{monotonic_ms, sleep};
use super::socket::{self, Line};
use super::transfer::{self, Held, Transfers};
use super::vault::Vault;
use crate::config::{AppConfig, Endpoint, Here, StartError};
use crate::driver::{Access, Core, Entry, Msg, OpenError, Platform, Readable, Setup};
use crate::export;

/// A running client; must be the only one of its origin that has a lasting cache.
pub struct App {
    messages: Queue<Msg>,
    ended: Queue<()>,
    held: Rc<Held>,
    on_updates: OnUpdates,
    on_saved: OnSaved,
    lasting: bool,
}

type OnUpdates = Rc<dyn Fn(Vec<Update>)>;
type OnSaved = Rc<dyn Fn(&str, &Blob)>;

/// Most messages taken at once.
const BATCH_MAX: usize = 128;
/// How often the clock is looked at when nothing happens.
const LOOK_AROUND_MS: u64 = 10_000;

struct Web {
    vault: Vault,
    on_updates: OnUpdates,
    messages: Queue<Msg>,
    line: Option<(u64, Line)>,
    transfers: Transfers,
}

impl App {
    /// Opens the cache and starts. `on_updates` gets what changed in one step together, in order; `on_saved` a file that the
    /// person wanted to keep, by name and content.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(
        config: AppConfig,
        on_updates: impl Fn(Vec<Update>) + 'static,
        on_saved: impl Fn(&str, &Blob) + 'static,
    ) -> Result<Self, StartError> {
        let vault = Vault::open(&config.data_dir, config.key).await;
        let lasting = vault.is_lasting();
        let (messages, ended) = (Queue::new(), Queue::new());
        let held = Rc::new(Held::default());
        let (on_updates, on_saved): (OnUpdates, OnSaved) = (Rc::new(on_updates), Rc::new(on_saved));
        let web = Web {
            vault,
            on_updates: on_updates.clone(),
            messages: messages.clone(),
            line: None,
            transfers: Transfers::new(held.clone(), on_saved.clone()),
        };
        if let Some(here) = config.here.clone() {
            wasm_bindgen_futures::spawn_local(call_by_name(here, messages.clone()));
        }
        let setup = Setup { can_host: config.can_host, device_name: config.device_name, here: config.here, look_ms: 0 };
        let core = Core::open(web, setup).map_err(|e| match e {
            OpenError::Newer => StartError::NewerVersion,
            OpenError::Disk(e) => StartError::Disk(e),
            other => StartError::Disk(format!("{other:?}")),
        })?;
        wasm_bindgen_futures::spawn_local(run(core, messages.clone(), ended.clone()));
        Ok(Self { messages, ended, held, on_updates, on_saved, lasting })
    }

    /// The cache outlives the tab; else it is in memory.
    pub fn is_lasting(&self) -> bool {
        self.lasting
    }

    /// Queues a command; its [`Update::Reply`] comes back under the same number.
    pub fn command(&self, envelope: CommandEnvelope) {
        let CommandEnvelope { id, command: Command::Export { passphrase, format } } = envelope else {
            return self.messages.push(Msg::Command(envelope));
        };
        let (messages, on_updates, on_saved) = (self.messages.clone(), self.on_updates.clone(), self.on_saved.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let reply = match export(&messages, &passphrase, format, &*on_saved).await {
                Ok(name) => CommandReply::Ok { body: ReplyBody::Exported { name: Some(name) } },
                Err(failure) => CommandReply::Failed { failure },
            };
            on_updates(vec![Update::Reply { id, reply }]);
        });
    }

    /// The person chose files to send: → [`Update::Picked`].
    pub fn pick(&self, files: impl IntoIterator<Item = File>) {
        let new_id = || FileId::from(LocalId(uuid::Uuid::now_v7()));
        let picked = files.into_iter().map(|file| self.held.pick(new_id(), file)).collect();
        self.messages.push(Msg::Picked(picked));
    }

    /// Reads a file of a message, or a picked one, of at most `bytes_max`.
    ///
    /// # Errors
    /// `Refused` with `file_too_large`, what the server says, or why it is out of reach.
    pub fn load(&self, file_id: FileId, bytes_max: usize) -> impl Future<Output = Result<Blob, Failure>> + use<> {
        let (messages, held) = (self.messages.clone(), self.held.clone());
        // Borrows nothing: the app can be stopped meanwhile.
        async move {
            if let Some(file) = held.picked(&file_id) {
                return Ok(file.into());
            }
            let answers = Queue::<Readable>::new();
            let answer = answers.clone();
            messages.push(Msg::Access { file_id: file_id.clone(), answer: Box::new(move |found| answer.push(found)) });
            let found = answers.next().await.ok_or(Failure::Offline)?;
            if let Some(kept) = found.kept {
                return transfer::blob(&kept);
            }
            let access = found.access.ok_or(Failure::Offline)?;
            let blob = transfer::content(&access, &file_id, found.seal.as_ref(), bytes_max).await?;
            if blob.size() <= engine::KEPT_BYTES_MAX as f64
                && let Some(bytes) = transfer::bytes(&blob).await
            {
                messages.push(Msg::Keep { file_id, bytes });
            }
            Ok(blob)
        }
    }

    /// Says where [`view::ServerTarget::Here`] is now.
    pub fn set_here(&self, here: Option<Here>) {
        self.messages.push(Msg::Here(here));
    }

    /// The browser says that the network is back or changed: the connection is made anew at once.
    pub fn network_changed(&self) {
        self.messages.push(Msg::NetworkChanged);
    }

    /// Does what is queued, closes the cache and lets another tab have it.
    pub async fn stop(self) {
        self.messages.close();
        self.ended.next().await;
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.messages.close();
    }
}

/// Seals all that can be read here and gives it to the page to be saved; the file's name.
async fn export(
    messages: &Queue<Msg>,
    passphrase: &str,
    format: ExportFormat,
    on_saved: &dyn Fn(&str, &Blob),
) -> Result<String, Failure> {
    let answers = Queue::new();
    let answer = answers.clone();
    messages.push(Msg::Export { answer: Box::new(move |content| answer.push(content)) });
    let content = answers.next().await.ok_or(Failure::Internal)??;
    let now = Timestamp(js_sys::Date::now() as i64);
    let blob = transfer::blob(&export::sealed(passphrase, format, now, &content)?)?;
    let name = format!("hybrid-messenger.{}", format.ending());
    on_saved(&name, &blob);
    Ok(name)
}

/// The page's server, by the name that it gives itself.
async fn call_by_name(here: Here, messages: Queue<Msg>) {
    if let Some(name) = introduce::team_name().await {
        messages.push(Msg::Here(Some(Here { name, ..here })));
    }
}

async fn run(mut core: Core<Web>, messages: Queue<Msg>, ended: Queue<()>) {
    loop {
        let wait = match core.next_deadline() {
            Some(at) => at.saturating_sub(core.platform.monotonic_ms()).min(LOOK_AROUND_MS),
            None => LOOK_AROUND_MS,
        };
        let wait = u32::try_from(wait).unwrap_or(u32::MAX);
        let mut batch = match select(pin!(messages.next()), sleep(wait)).await {
            Either::Left((Some(message), _)) => vec![message],
            Either::Left((None, _)) => break,
            Either::Right(_) => Vec::new(),
        };
        while batch.len() < BATCH_MAX
            && let Some(message) = messages.try_next()
        {
            batch.push(message);
        }
        core.handle(batch);
        core.tick();
    }
    drop(core);
    ended.close();
}

impl Platform for Web {
    fn now(&self) -> Timestamp {
        Timestamp(js_sys::Date::now() as i64)
    }

    fn monotonic_ms(&self) -> u64 {
        monotonic_ms() as u64
    }

    fn updates(&mut self, updates: Vec<Update>) {
        (self.on_updates)(updates);
    }

    fn connect(&mut self, conn: u64, endpoint: Endpoint) {
        self.line = None;
        self.line = Line::open(conn, &endpoint, &self.messages).map(|line| (conn, line));
    }

    fn send(&mut self, frame: &ClientFrame) {
        let Some((conn, line)) = &self.line else { return };
        if !line.send(frame) {
            self.messages.push(Msg::Closed { conn: *conn, reason: None });
            self.line = None;
        }
    }

    fn disconnect(&mut self) {
        self.line = None;
    }

    fn enter(&mut self, command: u32, endpoint: Endpoint, entry: Entry) {
        let tell = self.messages.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let result = socket::enter(&endpoint, entry).await;
            tell.push(Msg::Entered { command, endpoint, result });
        });
    }

    fn transfer(&mut self, access: Access, job: Job) {
        self.transfers.start(access, job, self.messages.clone());
    }

    fn stop_transfer(&mut self, access: Option<Access>, file_id: FileId, way: Way, forget: Option<String>) {
        self.transfers.stop(access, &file_id, way, forget.is_some());
    }

    fn stop_transfers(&mut self) {
        self.transfers.stop_all();
    }

    /// A page may not ask other sites.
    fn look(&mut self, url: String) {
        self.messages.push(Msg::Looked { url, seen: None });
    }

    fn open_store(&mut self, _passphrase: Option<&str>) -> Result<Store, OpenError> {
        self.vault.open_store()
    }

    fn erase_store(&mut self) {
        self.vault.erase_store();
    }
}
