//! The driver without a platform: owns the cache and the engine, turns what happens into steps, and releases what they
//! give after the commit. Natively a thread calls it, in a browser a worker's loop; both through [`Platform`].

mod entry;
mod files;
mod platform;
mod release;
mod route;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use std::collections::{HashMap, VecDeque};

use engine::{Account, AuthTokens, Cx, Engine, EngineError, Input, Output, Timer};
use protocol::{ChatId, Timestamp};
use rand::rngs::StdRng;
use sql::Store;
use view::{Command, CommandEnvelope, CommandReply, Failure, Me, Preferences, Stage, Update, update::ReplyBody};

pub(crate) use entry::{Entered, Entry, Next, Purpose};
pub(crate) use platform::{Access, Msg, OpenError, Platform, Readable, Setup};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use route::is_loopback;

use crate::config::{Endpoint, Here};

enum State {
    /// Waits for a passphrase.
    Locked { new: bool },
    /// At work.
    Open { store: Store, engine: Box<Engine> },
    /// The cache failed; tried again at this monotonic time, or at the next command.
    Failed { failure: Failure, retry_at: u64 },
}

/// One input that waits for its step; frames of a connection that is gone by then are dropped.
struct Pending {
    conn: Option<u64>,
    input: Input,
}

/// Most inputs in one commit: bounds the time that the first of them waits for the screen.
const GROUP_INPUTS_MAX: usize = 64;
/// A clock that runs ahead of the monotonic one by this much means that the machine slept.
const SLEPT_MS: i64 = 10_000;
/// The first wait after the cache failed twice in a row.
const REOPEN_MS: u64 = 1_000;
/// The longest.
const REOPEN_MS_MAX: u64 = 60_000;

/// The driver.
pub(crate) struct Core<P> {
    // First, so that the cache is closed before the platform gives its files and its lock away.
    state: State,
    pub(crate) platform: P,
    setup: Setup,
    pending: VecDeque<Pending>,
    timers: HashMap<Timer, u64>,
    conn: u64,
    /// The pin that the server of this connection names for invitations.
    told_pin: Option<crypto::Pin>,
    failures: u32,
    failed_at: u64,
    clocks: (Timestamp, u64),
    session_ended: bool,
    started: bool,
    ready: Option<Me>,
    open_chat: Option<ChatId>,
    preferences: Option<Preferences>,
    rng: StdRng,
}

impl<P: Platform> Core<P> {
    /// Opens the cache where no passphrase is needed, and starts the engine.
    pub(crate) fn open(platform: P, setup: Setup) -> Result<Self, OpenError> {
        let clocks = (platform.now(), platform.monotonic_ms());
        let mut core = Self {
            platform,
            setup,
            state: State::Locked { new: false },
            pending: VecDeque::new(),
            timers: HashMap::new(),
            conn: 0,
            told_pin: None,
            failures: 0,
            failed_at: 0,
            clocks,
            session_ended: false,
            started: false,
            ready: None,
            open_chat: None,
            preferences: None,
            rng: rand::make_rng(),
        };
        match core.open_cache(None) {
            Ok(()) => {}
            Err(OpenError::Locked { new }) => core.state = State::Locked { new },
            Err(e) => return Err(e),
        }
        Ok(core)
    }

    /// Takes in what has come, in order; one commit may hold several.
    pub(crate) fn handle(&mut self, messages: impl IntoIterator<Item = Msg>) {
        for message in messages {
            self.take(message);
        }
        self.pump();
    }

    /// When [`Self::tick`] wants to be called, on the monotonic clock.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        let retry = match &self.state {
            State::Failed { retry_at, .. } => Some(*retry_at),
            _ => None,
        };
        self.timers.values().copied().chain(retry).min()
    }

    /// Lets timers that are due run out, and notices that the machine slept. Call it now and then, and at the deadline.
    pub(crate) fn tick(&mut self) {
        let (wall, mono) = (self.platform.now(), self.platform.monotonic_ms());
        let ahead = (wall.0 - self.clocks.0.0) - i64::try_from(mono.saturating_sub(self.clocks.1)).unwrap_or(0);
        self.clocks = (wall, mono);
        if ahead > SLEPT_MS {
            tracing::info!(slept_ms = ahead, "the machine slept");
            self.network_changed();
        }
        if matches!(&self.state, State::Failed { retry_at, .. } if *retry_at <= mono) {
            self.reopen();
        }
        let mut due: Vec<(u64, Timer)> =
            self.timers.iter().filter(|(_, at)| **at <= mono).map(|(timer, at)| (*at, timer.clone())).collect();
        due.sort_by_key(|(at, _)| *at);
        for (_, timer) in due {
            self.timers.remove(&timer);
            self.push(Input::Timer(timer));
        }
        self.pump();
    }

    fn take(&mut self, message: Msg) {
        match message {
            Msg::Command(envelope) => self.command(envelope),
            Msg::Here(here) => self.set_here(here),
            Msg::Opened { conn } => self.push_on(conn, Input::Connected),
            Msg::Frame { conn, frame } => {
                if conn == self.conn {
                    self.note_pin(&frame);
                }
                self.push_on(conn, Input::Frame(*frame));
            }
            Msg::Closed { conn, reason } => self.push_on(conn, Input::Disconnected { reason }),
            Msg::Entered { command, endpoint, result } => self.entered(command, endpoint, result),
            Msg::Picked(files) => self.push(Input::Picked(files)),
            Msg::Save { file, place } => self.push(Input::Save { file, place }),
            Msg::Transfer { file_id, way, progress } => self.push(Input::Transfer { file_id, way, progress }),
            Msg::Looked { url, seen } => self.push(Input::Looked { url, seen }),
            Msg::Access { file_id, answer } => {
                self.pump();
                answer(self.readable(&file_id));
            }
            Msg::Export { answer } => {
                self.pump();
                answer(self.export());
            }
            Msg::Keep { file_id, bytes } => self.keep(&file_id, &bytes),
            Msg::NetworkChanged => self.network_changed(),
        }
    }

    fn command(&mut self, CommandEnvelope { id, command }: CommandEnvelope) {
        if let State::Failed { .. } = self.state {
            self.reopen();
        }
        match command {
            Command::Unlock { passphrase } => {
                let passphrase = zeroize::Zeroizing::new(passphrase);
                self.unlock(id, &passphrase);
            }
            Command::Host { .. } => self.reply(id, Err(Failure::NotHere)),
            Command::Start => self.start(id),
            _ if matches!(self.state, State::Locked { .. }) => self.reply(id, Err(Failure::WrongPassphrase)),
            Command::Probe { server } => self.enter(id, &server, Purpose::Probe),
            Command::Register { server, username, password, display_name } => {
                self.enter(id, &server, Purpose::Register { username, password, display_name });
            }
            Command::Login { server, username, password } => {
                self.enter(id, &server, Purpose::Login { username, password });
            }
            // A browser asks nobody where to: it keeps what it fetches in a folder of its own.
            Command::SaveFile { file } if cfg!(target_arch = "wasm32") => {
                let place = file.name.clone();
                self.push(Input::Save { file, place });
                self.pump();
                self.reply(id, Ok(ReplyBody::Done));
            }
            other => {
                match &other {
                    Command::OpenChat { chat_id } | Command::JumpTo { chat_id, .. } => {
                        self.open_chat = Some(chat_id.clone());
                    }
                    Command::CloseChat => self.open_chat = None,
                    _ => {}
                }
                self.push(Input::Command(CommandEnvelope { id, command: other }));
            }
        }
    }

    /// The UI is there: tell it everything. It may start again (a reloaded page), with the same effect.
    fn start(&mut self, id: u32) {
        self.started = true;
        if let State::Locked { new } = self.state {
            self.show(Update::Stage { stage: Stage::Locked { new, lock: false } });
            return self.reply(id, Ok(ReplyBody::Done));
        }
        self.push(Input::Command(CommandEnvelope { id, command: Command::Start }));
        self.pump();
        self.welcome_unless_entered();
    }

    fn unlock(&mut self, id: u32, passphrase: &str) {
        if !matches!(self.state, State::Locked { .. }) {
            return self.reply(id, Ok(ReplyBody::Done));
        }
        match self.open_cache(Some(passphrase)) {
            Ok(()) => {
                self.reply(id, Ok(ReplyBody::Done));
                self.start(0);
            }
            Err(e) => self.reply(id, Err(e.failure())),
        }
    }

    fn enter(&mut self, id: u32, server: &view::ServerTarget, purpose: Purpose) {
        match route::route(server, self.setup.here.as_ref()) {
            Ok(route) => {
                let entry = Entry::new(purpose, route.invitation, self.setup.device_name.clone());
                self.platform.enter(id, route.endpoint, entry);
            }
            Err(failure) => self.reply(id, Err(failure)),
        }
    }

    fn entered(&mut self, id: u32, endpoint: Endpoint, result: Result<Entered, Failure>) {
        let address = route::address_for_people(&endpoint, self.setup.here.as_ref());
        match result {
            Err(failure) => self.reply(id, Err(failure)),
            Ok(Entered::Found { name, invitation_required }) => {
                let pin = endpoint.pin.as_deref().and_then(crypto::Pin::parse);
                let fingerprint = pin.map(|pin| pin.fingerprint_short()).unwrap_or_default();
                let pinned = pin.is_some();
                let found = ReplyBody::ServerFound { name, address, invitation_required, pinned, fingerprint };
                self.reply(id, Ok(found));
            }
            Ok(Entered::In { user_id, username, server_id, team, access, refresh, expires_in }) => {
                let access_until = Timestamp(self.platform.now().0 + i64::from(expires_in) * 1_000);
                let Ok(endpoint) = serde_json::to_string(&endpoint) else {
                    return self.reply(id, Err(Failure::Internal));
                };
                let account = Account { user_id, username, server_id, team, endpoint, address };
                self.log_in(id, account, AuthTokens { access, refresh, access_until });
            }
        }
    }

    fn log_in(&mut self, id: u32, account: Account, tokens: AuthTokens) {
        self.pump();
        let other = |old: &Account| (&old.server_id, old.user_id) != (&account.server_id, account.user_id);
        if matches!(&self.state, State::Open { engine, .. } if engine.account().is_some_and(other)) {
            self.erase();
        }
        self.session_ended = false;
        let failures = self.failures;
        self.push(Input::LoggedIn { account, tokens });
        self.pump();
        let result = match &self.state {
            State::Failed { failure, .. } => Err(*failure),
            _ if self.failures != failures => Err(Failure::Disk),
            _ => Ok(ReplyBody::Done),
        };
        self.reply(id, result);
    }

    fn set_here(&mut self, here: Option<Here>) {
        if self.setup.here == here {
            return;
        }
        // A new name alone is no reason to connect anew.
        let place = |here: &Here| (here.addresses.clone(), here.pin, here.tls);
        let came = here.is_some() && here.as_ref().map(place) != self.setup.here.as_ref().map(place);
        self.setup.here = here;
        if let Some(me) = self.ready.clone() {
            self.show(Update::Stage { stage: Stage::Ready { me } });
        } else {
            self.pump();
            self.welcome_unless_entered();
        }
        if came && self.account_is_here() {
            self.network_changed();
        }
    }

    fn account_is_here(&self) -> bool {
        let State::Open { engine, .. } = &self.state else { return false };
        engine.account().and_then(|a| serde_json::from_str::<Endpoint>(&a.endpoint).ok()).is_some_and(|e| e.here)
    }

    /// Drops the connection, whose other end may be out of reach now, and makes a new one at once.
    fn network_changed(&mut self) {
        let State::Open { engine, .. } = &self.state else { return };
        if engine.account().is_none() {
            return;
        }
        self.pump();
        self.platform.disconnect();
        self.conn += 1;
        self.push(Input::Disconnected { reason: None });
        self.push(Input::Command(CommandEnvelope { id: 0, command: Command::Reconnect }));
        self.pump();
    }

    fn push(&mut self, input: Input) {
        self.pending.push_back(Pending { conn: None, input });
    }

    fn push_on(&mut self, conn: u64, input: Input) {
        self.pending.push_back(Pending { conn: Some(conn), input });
    }

    fn pump(&mut self) {
        while !self.pending.is_empty() {
            self.run_group();
        }
    }

    /// Steps through pending inputs in one transaction, up to one whose outputs must be done before the next step.
    fn run_group(&mut self) {
        let State::Open { store, engine } = &mut self.state else {
            for Pending { input, .. } in std::mem::take(&mut self.pending) {
                if let (Input::Command(CommandEnvelope { id, .. }), State::Failed { failure, .. }) =
                    (input, &self.state)
                {
                    let failure = *failure;
                    self.reply(id, Err(failure));
                }
            }
            return;
        };
        let (pending, rng, conn, now) = (&mut self.pending, &mut self.rng, self.conn, self.platform.now());
        let mut commands = Vec::new();
        let result = store.write(|tx| -> Result<Vec<Output>, EngineError> {
            let mut outputs = Vec::new();
            for _ in 0..GROUP_INPUTS_MAX {
                let Some(Pending { conn: on, input }) = pending.pop_front() else { break };
                if on.is_some_and(|on| on != conn) {
                    continue;
                }
                if let Input::Command(CommandEnvelope { id, .. }) = &input {
                    commands.push(*id);
                }
                let step = engine.step(&mut Cx { tx: &mut *tx, now, rng: &mut *rng }, input)?;
                let stop = step.iter().any(release::ends_group);
                outputs.extend(step);
                if stop {
                    break;
                }
            }
            Ok(outputs)
        });
        match result {
            Ok(outputs) => {
                self.release(outputs);
            }
            Err(e) => self.recover(&e, &commands),
        }
    }

    /// Nothing of the group is on disk: the engine's memory is ahead of the cache, so it is made anew from the cache.
    fn recover(&mut self, error: &EngineError, commands: &[u32]) {
        tracing::error!(%error, "a step failed; the engine starts again from the cache");
        let failure = error.failure();
        for id in commands {
            self.reply(*id, Err(failure));
        }
        self.stop_engine();
        let now = self.platform.monotonic_ms();
        if now.saturating_sub(self.failed_at) > 2 * REOPEN_MS_MAX {
            self.failures = 0;
        }
        let wait = match self.failures {
            0 => 0,
            n => (REOPEN_MS << (n - 1).min(16)).min(REOPEN_MS_MAX),
        };
        self.failures += 1;
        self.failed_at = now;
        self.state = State::Failed { failure, retry_at: now + wait };
        if wait == 0 {
            self.reopen();
        }
    }

    fn reopen(&mut self) {
        match self.open_cache(None) {
            Ok(()) => {
                if self.started {
                    self.start(0);
                }
                if let Some(chat_id) = self.open_chat.clone() {
                    self.push(Input::Command(CommandEnvelope { id: 0, command: Command::OpenChat { chat_id } }));
                }
            }
            Err(e) => {
                tracing::error!(error = ?e, "the cache does not open");
                let retry_at = self.platform.monotonic_ms() + REOPEN_MS_MAX;
                self.state = State::Failed { failure: e.failure(), retry_at };
            }
        }
    }

    fn open_cache(&mut self, passphrase: Option<&str>) -> Result<(), OpenError> {
        let mut store = self.platform.open_store(passphrase)?;
        let mut engine = store.write(Engine::open)?;
        engine.look_for(self.setup.look_ms);
        self.state = State::Open { store, engine: Box::new(engine) };
        self.push(Input::Started);
        self.pump();
        Ok(())
    }

    /// Closes the connection and forgets timers: what an engine that is gone had asked for.
    fn stop_engine(&mut self) {
        self.platform.disconnect();
        self.platform.stop_transfers();
        self.conn += 1;
        self.timers.clear();
        self.ready = None;
        self.pending.retain(|p| p.conn.is_none());
    }

    /// Deletes the cache and starts with an empty one.
    fn erase(&mut self) {
        self.stop_engine();
        self.open_chat = None;
        self.session_ended = false;
        // Closes the file before it is deleted.
        self.state = State::Failed { failure: Failure::Disk, retry_at: u64::MAX };
        self.platform.erase_store();
        match self.open_cache(None) {
            Ok(()) => {
                // How the person wants the app to look belongs to the device, not to the account.
                if let Some(preferences) = self.preferences.clone() {
                    let command = Command::SetPreferences { preferences };
                    self.push(Input::Command(CommandEnvelope { id: 0, command }));
                    self.pump();
                }
            }
            Err(OpenError::Locked { new }) => self.state = State::Locked { new },
            Err(e) => {
                tracing::error!(error = ?e, "the new cache does not open");
                let retry_at = self.platform.monotonic_ms() + REOPEN_MS;
                self.state = State::Failed { failure: e.failure(), retry_at };
            }
        }
    }

    fn welcome_unless_entered(&mut self) {
        if !self.started {
            return;
        }
        let in_account = match &self.state {
            State::Open { engine, .. } => engine.account().is_some() && !self.session_ended,
            State::Locked { new } => {
                let stage = Stage::Locked { new: *new, lock: false };
                return self.show(Update::Stage { stage });
            }
            State::Failed { .. } => false,
        };
        if !in_account {
            self.ready = None;
            let here = self.setup.here.as_ref().map(|h| h.name.clone());
            let (can_host, session_ended) = (self.setup.can_host, self.session_ended);
            self.show(Update::Stage { stage: Stage::Welcome { can_host, here, session_ended } });
        }
    }

    fn reply(&mut self, id: u32, result: Result<ReplyBody, Failure>) {
        let reply = match result {
            Ok(body) => CommandReply::Ok { body },
            Err(failure) => CommandReply::Failed { failure },
        };
        self.show(Update::Reply { id, reply });
    }

    fn show(&mut self, update: Update) {
        self.show_all(vec![update]);
    }
}
