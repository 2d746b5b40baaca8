//! What the parts of the shell share: the client, the page's channel, host mode, and what was last said of preferences.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use client::{App, AppConfig, KeySource};
use tauri::AppHandle;
use tauri::ipc::Channel;
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, Failure, HostUpdate, Preferences, Update};

use crate::hosting::Hosting;
use crate::keys::{CacheKey, cache_key};
use crate::profile::Profile;
use crate::{blank_window, notify, tray};

/// The running shell; one per process.
pub struct Shell {
    /// Tauri's own handle.
    pub handle: AppHandle,
    /// The folders.
    pub profile: Profile,
    /// The server inside.
    pub hosting: Hosting,
    client: OnceLock<App>,
    page: Mutex<Page>,
    preferences: Mutex<Preferences>,
}

/// The page's channel, and what was said before there was one.
#[derive(Default)]
struct Page {
    channel: Option<Channel<String>>,
    /// A link or a clicked notification that came before the page did.
    waiting: Vec<HostUpdate>,
}

impl Shell {
    /// Starts the client on this profile.
    ///
    /// # Errors
    /// The cache's folder cannot be used, or another instance holds it.
    pub fn start(handle: AppHandle, profile: Profile) -> Result<Arc<Self>, Box<dyn std::error::Error>> {
        let key = match cache_key(&profile) {
            CacheKey::Keyring(key) => KeySource::Raw(key),
            CacheKey::Passphrase => KeySource::Passphrase,
        };
        let shell = Arc::new(Self {
            hosting: Hosting::new(profile.host_folder()),
            handle,
            client: OnceLock::new(),
            page: Mutex::default(),
            preferences: Mutex::default(),
            profile,
        });
        let config = AppConfig {
            data_dir: shell.profile.client_folder().display().to_string(),
            key,
            can_host: true,
            device_name: device_name(),
            here: None,
            runtime: None,
        };
        let to_page = Arc::clone(&shell);
        let client = App::start(config, move |update| to_page.on_client_update(update))?;
        if shell.client.set(client).is_err() {
            return Err("the client was started twice".into());
        }
        shell.hosting.resume_in_background(&shell);
        shell.watch_for_blank_window();
        Ok(shell)
    }

    /// The client; there once `start` has returned.
    pub fn client(&self) -> Option<&App> {
        self.client.get()
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

    /// The page asks. Host mode is answered here; the rest is the client's.
    pub fn command(self: &Arc<Self>, envelope: CommandEnvelope) {
        if let Command::Host { host } = envelope.command {
            let shell = Arc::clone(self);
            tauri::async_runtime::spawn(async move {
                let reply = match shell.hosting.command(&shell, host).await {
                    Ok(body) => CommandReply::Ok { body },
                    Err(failure) => CommandReply::Failed { failure },
                };
                shell.tell(&Update::Reply { id: envelope.id, reply });
            });
        } else if let Some(client) = self.client() {
            client.command(envelope);
        } else {
            let reply = CommandReply::Failed { failure: Failure::Internal };
            self.tell(&Update::Reply { id: envelope.id, reply });
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

    fn on_client_update(self: &Arc<Self>, update: Update) {
        match &update {
            Update::Notice { notice } => notify::maybe(self, notice),
            Update::Preferences { preferences } => {
                *lock(&self.preferences) = preferences.clone();
                tray::refresh(self);
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
