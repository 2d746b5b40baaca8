//! What the parts of the shell share: the client, the page's channel, host mode, and what was last said of preferences.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use client::{App, AppConfig, Here};
use tauri::AppHandle;
use tauri::ipc::Channel;
use view::notify::{FOREVER, NOTIFY, NotifySettings};
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, HostCommand, HostUpdate, Kept, Preferences, Update};

use crate::hosting::Hosting;
use crate::opening::{Opening, PATIENCE, Source, Step};
use crate::profile::Profile;
use crate::voice::Voice;
use crate::{blank_window, files, keys, logging, notify, tray, voice};

/// The running shell; one per process.
pub struct Shell {
    /// Tauri's own handle.
    pub handle: AppHandle,
    /// The folders.
    pub profile: Profile,
    /// The server inside.
    pub hosting: Hosting,
    /// The recording that runs.
    pub voice: Voice,
    opening: Opening,
    client: OnceLock<App>,
    /// The team hosted here, for the client that starts or runs.
    here: Mutex<Option<Here>>,
    page: Mutex<Page>,
    preferences: Mutex<Preferences>,
    /// When nothing is to be heard.
    quiet: Mutex<NotifySettings>,
}

/// The page's channel, and what was said before there was one.
#[derive(Default)]
struct Page {
    channel: Option<Channel<String>>,
    /// A link or a clicked notification that came before the page did.
    waiting: Vec<HostUpdate>,
}

impl Shell {
    /// Starts opening this profile: returns at once, for the keyring may take its time.
    pub fn start(handle: AppHandle, profile: Profile) -> Arc<Self> {
        let folder = profile.client_folder().display().to_string();
        let uses_passphrase = client::uses_passphrase(&folder);
        let shell = Arc::new(Self {
            voice: Voice::default(),
            hosting: Hosting::new(profile.host_folder()),
            handle,
            opening: Opening::new(client::has_cache(&folder) && !uses_passphrase),
            client: OnceLock::new(),
            here: Mutex::default(),
            page: Mutex::default(),
            preferences: Mutex::default(),
            quiet: Mutex::default(),
            profile,
        });
        let steps = shell.opening.begin(uses_passphrase);
        shell.perform(steps);
        shell.hosting.resume_in_background(&shell);
        files::forget_old_pasted(&shell.profile.file("pasted"));
        shell.watch_for_blank_window();
        shell
    }

    /// Says where the team hosted by this app is; `None` when it hosts none.
    pub fn set_here(&self, here: Option<Here>) {
        let mut kept = lock(&self.here);
        kept.clone_from(&here);
        if let Some(client) = self.client.get() {
            client.set_here(here);
        }
    }

    /// The page is there (again).
    pub fn attach(&self, channel: Channel<String>) {
        blank_window::page_is_alive(&self.profile);
        let waiting = {
            let mut page = lock(&self.page);
            page.channel = Some(channel);
            std::mem::take(&mut page.waiting)
        };
        for host in waiting {
            self.tell(&Update::Host { host });
        }
    }

    /// The page asks. Host mode is answered here; the rest is the client's, once it runs.
    pub fn command(self: &Arc<Self>, envelope: CommandEnvelope) {
        match envelope.command {
            Command::Host { host: HostCommand::AskKeyring | HostCommand::WithoutKeyring } => {}
            Command::Host { host } => return self.host_command(envelope.id, host),
            Command::Keep { ref key, ref value } if key == NOTIFY => self.quiet_came(value.as_deref()),
            _ => {}
        }
        let Some(envelope) = files::command(self, envelope) else { return };
        let Some(envelope) = voice::command(self, envelope) else { return };
        let steps = self.opening.command(envelope);
        self.perform(steps);
    }

    /// The client, once it runs.
    pub fn client(&self) -> Option<&App> {
        self.client.get()
    }

    /// The person chose files to send.
    pub fn pick(&self, paths: &[PathBuf]) {
        if let Some(client) = self.client() {
            client.pick(paths);
        }
    }

    fn host_command(self: &Arc<Self>, id: u32, host: HostCommand) {
        let shell = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            let reply = match shell.hosting.command(&shell, host).await {
                Ok(body) => CommandReply::Ok { body },
                Err(failure) => CommandReply::Failed { failure },
            };
            shell.tell(&Update::Reply { id, reply });
        });
    }

    fn perform(self: &Arc<Self>, steps: Vec<Step>) {
        for step in steps {
            let shell = Arc::clone(self);
            match step {
                Step::Tell(update) => self.tell(&update),
                Step::Client(envelope) => {
                    if let Some(client) = self.client.get() {
                        client.command(envelope);
                    }
                }
                Step::Ask => drop(std::thread::spawn(move || shell.ask_keyring())),
                Step::Wait => drop(tauri::async_runtime::spawn(async move {
                    tokio::time::sleep(PATIENCE).await; // allow-sleep: a deadline, not a poll
                    shell.perform(shell.opening.waited());
                })),
                Step::Start(source) => drop(std::thread::spawn(move || shell.start_client(source))),
            }
        }
    }

    fn ask_keyring(self: &Arc<Self>) {
        let needed = self.opening.has_cache();
        let key = keys::cache_key(&self.profile, needed).inspect_err(|error| {
            tracing::warn!(%error, needed, "the keyring gives no key");
        });
        self.perform(self.opening.answered(key.ok()));
    }

    fn start_client(self: &Arc<Self>, source: Source) {
        let mut config = AppConfig {
            data_dir: self.profile.client_folder().display().to_string(),
            key: source.into(),
            can_host: true,
            device_name: device_name(),
            here: None,
            runtime: None,
        };
        let to_page = Arc::clone(self);
        let started = {
            // Held until the client is there, so that no team starts unseen in between.
            let here = lock(&self.here);
            config.here.clone_from(&here);
            let started = App::start(config, move |update| to_page.on_client_update(update));
            // Set once: the opening starts one client.
            started.map(|client| drop(self.client.set(client)))
        };
        if let Err(error) = started {
            tracing::error!(%error, "the app could not be started");
            logging::to_terminal(&format!("Hybrid Messenger could not be started: {error}"));
            return self.handle.exit(1);
        }
        loop {
            let waited = self.opening.started();
            if waited.is_empty() {
                return;
            }
            self.perform(waited.into_iter().map(Step::Client).collect());
        }
    }

    /// To the page; without one it is dropped: a new page asks for everything with `Start`.
    pub fn tell(&self, update: &Update) {
        let channel = lock(&self.page).channel.clone();
        if let (Some(channel), Ok(json)) = (channel, serde_json::to_string(update))
            && channel.send(json).is_err()
        {
            lock(&self.page).channel = None;
        }
    }

    /// Like `tell`, but kept for the page that comes: links and clicks must not be lost.
    pub fn tell_or_keep(&self, host: HostUpdate) {
        if lock(&self.page).channel.is_some() {
            self.tell(&Update::Host { host });
        } else {
            lock(&self.page).waiting.push(host);
        }
    }

    /// What the person prefers, as last said by the client.
    pub fn preferences(&self) -> Preferences {
        lock(&self.preferences).clone()
    }

    /// When nothing is to be heard, as last kept.
    pub fn quiet(&self) -> NotifySettings {
        lock(&self.quiet).clone()
    }

    fn quiet_came(self: &Arc<Self>, value: Option<&str>) {
        *lock(&self.quiet) = NotifySettings::read(value);
        tray::refresh(self);
    }

    /// Turns silence by hand on until it is turned off, or off, on all devices.
    pub fn turn_dnd(self: &Arc<Self>) {
        let mut settings = self.quiet();
        settings.dnd_until = if settings.is_dnd(crate::notify::now().0) { None } else { Some(FOREVER) };
        let (key, value) = (NOTIFY.to_owned(), settings.value());
        self.quiet_came(value.as_deref());
        self.tell(&Update::Kept { entries: vec![Kept { key: key.clone(), value: value.clone() }] });
        if let Some(client) = self.client() {
            client.command(CommandEnvelope { id: u32::MAX, command: Command::Keep { key, value } });
        }
    }

    fn on_client_update(self: &Arc<Self>, update: Update) {
        match &update {
            Update::Notice { notice } => notify::maybe(self, notice),
            Update::Preferences { preferences } => {
                *lock(&self.preferences) = preferences.clone();
                tray::refresh(self);
            }
            Update::Kept { entries } => {
                if let Some(entry) = entries.iter().find(|entry| entry.key == NOTIFY) {
                    self.quiet_came(entry.value.as_deref());
                }
            }
            Update::Unread { messages, mentions } => tray::badge(self, *messages, *mentions),
            _ => {}
        }
        self.tell(&update);
    }

    fn watch_for_blank_window(self: &Arc<Self>) {
        let shell = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(blank_window::PATIENCE).await; // allow-sleep: a deadline, not a poll
            if lock(&shell.page).channel.is_none() {
                blank_window::page_is_silent();
            }
        });
    }
}

/// A lock that a panicking thread held is still good here: each holder leaves whole values.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn device_name() -> String {
    let host = std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok();
    let host = host.or_else(|| std::fs::read_to_string("/etc/hostname").ok()).unwrap_or_default();
    format!("{} ({})", host.trim(), std::env::consts::OS)
}

/// `Done`, for commands without an answer of their own.
pub const DONE: ReplyBody = ReplyBody::Done;
