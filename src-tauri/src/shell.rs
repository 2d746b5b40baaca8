//! What the parts of the shell share: the client, the page's channel, host mode, and what was last said of preferences.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client::{App, AppConfig, Here, KeySource, PreviewsConfig};
use crypto::Key;
use tauri::AppHandle;
use tauri::ipc::Channel;
use view::notify::{FOREVER, NOTIFY, NotifySettings};
use view::update::ReplyBody;
use view::{
    Command, CommandEnvelope, CommandReply, Failure, HostCommand, HostUpdate, Kept, Preferences, Stage, Update,
};

use crate::hosting::Hosting;
use crate::lock::{self, Lock};
use crate::opening::{Opening, PATIENCE, Source, Step};
use crate::page::Page;
use crate::profile::Profile;
use crate::teams::{self, FIRST, Teams};
use crate::voice::Voice;
use crate::{blank_window, files, keys, logging, notify, tray, voice, window};

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
    /// The app lock.
    pub lock: Lock,
    opening: Opening,
    /// The teams, with a client each.
    pub teams: Teams,
    /// What opens every cache of this profile, once something did.
    key: Mutex<Option<KeySource>>,
    /// The team hosted here, for clients that start or run.
    here: Mutex<Option<Here>>,
    page: Page,
    preferences: Mutex<Preferences>,
    /// When nothing is to be heard.
    quiet: Mutex<NotifySettings>,
}

impl Shell {
    /// Starts opening this profile: returns at once, for the keyring may take its time.
    pub fn start(handle: AppHandle, profile: Profile) -> Arc<Self> {
        let folder = profile.client_folder().display().to_string();
        let uses_passphrase = client::uses_passphrase(&folder);
        let lock = Lock::of(&profile);
        let locked = lock.is_on();
        let shell = Arc::new(Self {
            lock,
            voice: Voice::default(),
            hosting: Hosting::new(profile.host_folder()),
            handle,
            opening: Opening::new(client::has_cache(&folder) && !uses_passphrase),
            teams: Teams::new(profile.folder().to_owned()),
            key: Mutex::default(),
            here: Mutex::default(),
            page: Page::new(locked),
            preferences: Mutex::default(),
            quiet: Mutex::default(),
            profile,
        });
        if !locked {
            let steps = shell.opening.begin(uses_passphrase);
            shell.perform(steps);
        }
        lock::watch(&shell);
        shell.hosting.resume_in_background(&shell);
        files::forget_old_pasted(&shell.profile.file("pasted"));
        shell.watch_for_blank_window();
        shell
    }

    /// Says where the team hosted by this app is; `None` when it hosts none.
    pub fn set_here(&self, here: Option<Here>) {
        let mut kept = lock(&self.here);
        kept.clone_from(&here);
        for client in self.teams.clients() {
            client.set_here(here.clone());
        }
    }

    /// The page is there (again).
    pub fn attach(&self, channel: Channel<String>) {
        blank_window::page_is_alive(&self.profile);
        window::show_first(&self.handle);
        self.page.attach(channel);
    }

    /// The app lock keeps the page closed.
    pub fn is_locked(&self) -> bool {
        self.page.is_locked()
    }

    /// Closes the page behind the app lock; `false` when it was.
    pub fn close_page(&self) -> bool {
        self.page.close()
    }

    /// The app lock's passphrase gave this key: everything is told from here on.
    pub fn open_page(self: &Arc<Self>, key: Key) {
        self.page.open();
        self.tell(&Update::Host { host: self.teams.told() });
        let steps = self.opening.command(CommandEnvelope { id: 0, command: Command::Start });
        self.perform(steps);
        let steps = self.opening.answered(Some(key));
        self.perform(steps);
    }

    /// What the app lock's passphrase opens is given up: the caches are kept aside, and the app begins as if it was new.
    pub fn begin_anew(self: &Arc<Self>) {
        self.teams.stop();
        *lock(&self.key) = None;
        self.page.open();
        self.tell(&Update::Host { host: self.teams.told() });
        self.opening.again();
        let steps = self.opening.begin(client::uses_passphrase(&self.client_folder()));
        self.perform(steps);
    }

    /// The folder of the first team's cache, as the client takes it.
    pub fn client_folder(&self) -> String {
        self.profile.client_folder().display().to_string()
    }

    /// What opens the caches, once something did.
    pub fn key(&self) -> Option<KeySource> {
        lock(&self.key).clone()
    }

    /// The page asks. Host mode is answered here; the rest is the client's, once it runs.
    pub fn command(self: &Arc<Self>, envelope: CommandEnvelope) {
        let Some(envelope) = lock::command(self, envelope) else { return };
        match envelope.command {
            Command::Host { host: HostCommand::AskKeyring | HostCommand::WithoutKeyring } => {}
            Command::Host { host: HostCommand::OpenTeam { id } } => return self.open_team(envelope.id, id),
            Command::Host { host: HostCommand::AddTeam } => return self.add_team(envelope.id),
            Command::Host { host } => return self.host_command(envelope.id, host),
            Command::Start => self.tell(&Update::Host { host: self.teams.told() }),
            Command::Keep { ref key, ref value } if key == NOTIFY => {
                self.quiet_came(value.as_deref());
                self.tell_other_teams(&envelope.command);
            }
            // How the app looks is of the app, not of a team.
            Command::SetPreferences { .. } => self.tell_other_teams(&envelope.command),
            _ => {}
        }
        let Some(envelope) = files::command(self, envelope) else { return };
        let Some(envelope) = voice::command(self, envelope) else { return };
        let steps = self.opening.command(envelope);
        self.perform(steps);
    }

    /// The client of the team on the page, once it runs.
    pub fn client(&self) -> Option<Arc<App>> {
        self.teams.client()
    }

    /// The person chose files to send.
    pub fn pick(&self, paths: &[PathBuf]) {
        if let Some(client) = self.client().filter(|_| !self.is_locked()) {
            client.pick(paths);
        }
    }

    fn host_command(self: &Arc<Self>, id: u32, host: HostCommand) {
        let shell = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            let result = shell.hosting.command(&shell, host).await;
            shell.answer(id, result);
        });
    }

    fn perform(self: &Arc<Self>, steps: Vec<Step>) {
        for step in steps {
            let shell = Arc::clone(self);
            match step {
                Step::Tell(update) => self.tell(&update),
                Step::Client(envelope) => {
                    if let Some(client) = self.client() {
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
        let source = KeySource::from(source);
        // Only the first team's folder knows the passphrase, so that one is opened first, whatever was on the page last.
        let first = match &source {
            KeySource::Raw(_) => {
                *lock(&self.key) = Some(source.clone());
                self.teams.last_open()
            }
            KeySource::Passphrase | KeySource::None => FIRST,
        };
        self.teams.expect(first);
        self.teams.show(first, |_| ());
        if let Err(error) = self.start_team(first, source.clone()) {
            tracing::error!(%error, "the app could not be started");
            logging::to_terminal(&format!("Hybrid Messenger could not be started: {error}"));
            return self.handle.exit(1);
        }
        loop {
            let waited = self.opening.started();
            if waited.is_empty() {
                break;
            }
            self.perform(waited.into_iter().map(Step::Client).collect());
        }
        if matches!(source, KeySource::Raw(_)) {
            self.start_others();
        }
    }

    /// Starts the client of one team; it says nothing before it is told to.
    fn start_team(self: &Arc<Self>, team: u32, key: KeySource) -> Result<(), client::StartError> {
        let mut config = AppConfig {
            data_dir: teams::name_of(&self.teams.place(team)),
            key,
            can_host: true,
            device_name: device_name(),
            here: None,
            previews: PreviewsConfig::hasty(),
            runtime: None,
        };
        let heard = Arc::clone(self);
        // Held until the client is there, so that no team starts unseen in between.
        let here = lock(&self.here);
        config.here.clone_from(&here);
        self.teams.expect(team);
        let hear = move |updates: Vec<Update>| {
            heard.page.together(|| updates.into_iter().for_each(|update| heard.on_client_update(team, update)));
        };
        let client = App::start_batched(config, hear)?;
        self.teams.started(team, Arc::new(client));
        Ok(())
    }

    /// Starts the teams that are not on the page, once there is a key for their caches.
    fn start_others(self: &Arc<Self>) {
        let Some(key) = lock(&self.key).clone() else { return };
        let all = std::iter::once(FIRST).chain(self.teams.others());
        for team in all.filter(|team| self.teams.client_of(*team).is_none()) {
            match self.start_team(team, key.clone()) {
                Ok(()) => self.begin(team),
                // The others go on without it.
                Err(error) => tracing::error!(%error, team, "a team's cache could not be opened"),
            }
        }
    }

    /// Makes a client say everything from here on.
    fn begin(&self, team: u32) {
        if let Some(client) = self.teams.client_of(team) {
            client.command(CommandEnvelope { id: NOBODY, command: Command::Start });
        }
    }

    /// The passphrase has opened the first team's cache: the same key opens the others.
    fn unlocked(self: &Arc<Self>) {
        let mut key = lock(&self.key);
        let Some(opened) = self.teams.client_of(FIRST).and_then(|client| client.unlocked_key()) else { return };
        if key.replace(KeySource::Raw(opened)).is_some() {
            return;
        }
        drop(key);
        let shell = Arc::clone(self);
        // Not on the client's own thread, which says so.
        std::thread::spawn(move || {
            shell.start_others();
            let last = shell.teams.last_open();
            if last != FIRST {
                shell.show_team(last);
            }
        });
    }

    fn open_team(self: &Arc<Self>, id: u32, team: u32) {
        let known = self.teams.client_of(team).is_some();
        if known {
            self.show_team(team);
        }
        self.answer(id, if known { Ok(DONE) } else { Err(Failure::Internal) });
    }

    fn add_team(self: &Arc<Self>, id: u32) {
        let Some(key) = lock(&self.key).clone() else { return self.answer(id, Err(Failure::Internal)) };
        if let Some(free) = self.teams.free() {
            self.show_team(free);
            return self.answer(id, Ok(DONE));
        }
        let Some(team) = self.teams.add() else { return self.answer(id, Err(Failure::TooManyTeams)) };
        let shell = Arc::clone(self);
        std::thread::spawn(move || match shell.start_team(team, key) {
            Ok(()) => {
                if let Some(client) = shell.teams.client_of(team) {
                    let preferences = shell.preferences();
                    let command = Command::SetPreferences { preferences };
                    client.command(CommandEnvelope { id: NOBODY, command });
                }
                shell.show_team(team);
                shell.answer(id, Ok(DONE));
            }
            Err(error) => {
                tracing::error!(%error, "no place for another team");
                shell.teams.remove(team);
                shell.answer(id, Err(Failure::Disk));
            }
        });
    }

    /// Puts a team on the page: everything of it is told anew.
    fn show_team(self: &Arc<Self>, team: u32) {
        if let Some(client) = self.client() {
            // Nobody looks at it any more.
            client.command(CommandEnvelope { id: NOBODY, command: Command::CloseChat });
        }
        let left = self.teams.show(team, |list| {
            self.tell(&Update::Stage { stage: Stage::Starting });
            self.tell(&Update::Host { host: list });
        });
        self.begin(team);
        tray::refresh(self);
        if let Some(left) = left {
            let shell = Arc::clone(self);
            // Waits until its cache is closed.
            std::thread::spawn(move || shell.teams.remove(left));
        }
    }

    /// To all teams but the one on the page: what holds for the whole app.
    fn tell_other_teams(&self, command: &Command) {
        let open = self.client();
        for client in self.teams.clients() {
            if open.as_ref().is_none_or(|open| !Arc::ptr_eq(open, &client)) {
                client.command(CommandEnvelope { id: NOBODY, command: command.clone() });
            }
        }
    }

    /// Answers a command of the page.
    pub fn answer(&self, id: u32, result: Result<ReplyBody, Failure>) {
        let reply = match result {
            Ok(body) => CommandReply::Ok { body },
            Err(failure) => CommandReply::Failed { failure },
        };
        self.tell(&Update::Reply { id, reply });
    }

    /// To the page.
    pub fn tell(&self, update: &Update) {
        self.page.tell(update);
    }

    /// To the page, or to the one that comes.
    pub fn tell_or_keep(&self, host: HostUpdate) {
        self.page.tell_or_keep(host);
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
        for client in self.teams.clients() {
            let command = Command::Keep { key: key.clone(), value: value.clone() };
            client.command(CommandEnvelope { id: NOBODY, command });
        }
    }

    fn on_client_update(self: &Arc<Self>, team: u32, update: Update) {
        let heard = self.teams.heard(team, &update, || self.tell(&update));
        match &update {
            Update::Notice { notice } => notify::maybe(self, team, notice),
            Update::Preferences { preferences } if heard.open => {
                *lock(&self.preferences) = preferences.clone();
                tray::refresh(self);
            }
            Update::Kept { entries } if heard.open => {
                if let Some(entry) = entries.iter().find(|entry| entry.key == NOTIFY) {
                    self.quiet_came(entry.value.as_deref());
                }
            }
            Update::Unread { .. } => tray::badge(self, self.teams.unread().0),
            Update::Stage { stage: Stage::Welcome { .. } | Stage::Ready { .. } } if team == FIRST => self.unlocked(),
            _ => {}
        }
        if let Some(instead) = heard.instead {
            self.show_team(instead);
        } else if heard.changed {
            self.tell(&Update::Host { host: self.teams.told() });
        }
    }

    fn watch_for_blank_window(self: &Arc<Self>) {
        let shell = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(blank_window::PATIENCE).await; // allow-sleep: a deadline, not a poll
            if !shell.page.is_there() {
                blank_window::page_is_silent();
            }
        });
    }
}

/// A lock that a panicking thread held is still good here: each holder leaves whole values.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn device_name() -> String {
    let host = std::env::var("HOSTNAME").or_else(|_| std::env::var("COMPUTERNAME")).ok();
    let host = host.or_else(|| std::fs::read_to_string("/etc/hostname").ok()).unwrap_or_default();
    format!("{} ({})", host.trim(), std::env::consts::OS)
}

/// Commands of the shell's own: no page waits for their answers.
pub const NOBODY: u32 = u32::MAX;

/// `Done`, for commands without an answer of their own.
pub const DONE: ReplyBody = ReplyBody::Done;
