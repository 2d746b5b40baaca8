//! A whole client app without windows.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use client::{App, AppConfig, KeySource, PreviewsConfig};
use protocol::{About, Attachment, ChatId, FileId, LocalId, MessageId};
use tokio::sync::watch;
use view::update::ReplyBody;
use view::{
    Command, CommandEnvelope, CommandReply, Draft, Failure, PickedRow, SendFile, ServerTarget, TransferState, Way,
};

use crate::{Screen, new_local_id, within};

/// A running client and its screen. Dropping it is an orderly end; for a kill, run it in a process of its own.
pub struct Headless {
    app: App,
    screen: Arc<Mutex<Screen>>,
    /// Moves at every update.
    changed: watch::Receiver<u64>,
    commands: AtomicU32,
}

impl Headless {
    /// Starts the app on a profile; returns when it shows its first screen.
    pub async fn start(profile: &Path, key: KeySource) -> Self {
        Self::start_with(profile, key, PreviewsConfig::default()).await
    }

    /// As [`Self::start`], with a look behind links of encrypted chats.
    pub async fn start_with(profile: &Path, key: KeySource, previews: PreviewsConfig) -> Self {
        let config = AppConfig {
            data_dir: profile.display().to_string(),
            key,
            can_host: false,
            device_name: "headless".to_owned(),
            here: None,
            previews,
            runtime: Some(tokio::runtime::Handle::current()),
        };
        let screen = Arc::new(Mutex::new(Screen::default()));
        let (tell, changed) = watch::channel(0);
        let app = App::start(config, {
            let screen = Arc::clone(&screen);
            move |update| {
                screen.lock().expect("no one panics under the lock").apply(update);
                tell.send_modify(|count| *count += 1);
            }
        })
        .expect("the app starts");
        let headless = Self { app, screen, changed, commands: AtomicU32::new(0) };
        headless.command(Command::Start);
        headless.until("a first screen", |screen| screen.stage.is_some()).await;
        headless
    }

    /// Makes an account on the server at `address` and waits until it is online.
    pub async fn register(&self, address: &str, username: &str) {
        let command = Command::Register {
            server: ServerTarget::Address { address: address.to_owned() },
            username: username.to_owned(),
            password: "correct horse battery".to_owned(),
            display_name: String::new(),
        };
        let reply = self.ask(command).await;
        assert!(matches!(reply, CommandReply::Ok { .. }), "registering: {reply:?}");
        self.until("the chat list", |screen| screen.is_ready() && !screen.chats.is_empty()).await;
    }

    /// Queues a command; returns its number.
    pub fn command(&self, command: Command) -> u32 {
        let id = self.commands.fetch_add(1, Ordering::Relaxed) + 1;
        self.app.command(CommandEnvelope { id, command });
        id
    }

    /// Gives a command and waits for its answer.
    pub async fn ask(&self, command: Command) -> CommandReply {
        let what = format!("the answer to {command:?}");
        let id = self.command(command);
        self.until(&what, |screen| screen.replies.contains_key(&id)).await;
        let mut screen = self.screen.lock().expect("no one panics under the lock");
        screen.replies.remove(&id).expect("it is there")
    }

    /// Sends a text; returns when it is in the outbox, which is on disk.
    pub async fn send(&self, chat_id: &ChatId, text: &str) -> MessageId {
        let local_id = new_local_id();
        self.send_as(local_id, chat_id, text).await;
        MessageId::from(local_id)
    }

    /// As [`Self::send`], under a given id.
    pub async fn send_as(&self, local_id: LocalId, chat_id: &ChatId, text: &str) {
        let draft = Draft { text: text.to_owned(), reply_to: None };
        let reply = self
            .ask(Command::Send { chat_id: chat_id.clone(), local_id, draft, mentions: Vec::new(), thread: None })
            .await;
        assert_eq!(reply, CommandReply::Ok { body: ReplyBody::Done });
    }

    /// Sends files with a text, as picked in a dialog; returns when the message is in the outbox.
    pub async fn send_files(&self, chat_id: &ChatId, text: &str, paths: &[PathBuf]) -> MessageId {
        let picked = self.pick(paths).await;
        self.send_picked(chat_id, text, picked).await
    }

    /// Picks files as in a dialog.
    pub async fn pick(&self, paths: &[PathBuf]) -> Vec<PickedRow> {
        self.app.pick(paths);
        self.until("the picked files", |screen| screen.picked.len() == paths.len()).await;
        let mut screen = self.screen.lock().expect("no one panics under the lock");
        std::mem::take(&mut screen.picked)
    }

    /// Sends picked files with a text; returns when the message is in the outbox.
    pub async fn send_picked(&self, chat_id: &ChatId, text: &str, picked: Vec<PickedRow>) -> MessageId {
        let files = picked
            .into_iter()
            .map(|row| SendFile { file_id: row.file_id, mime_type: String::new(), about: About::default() })
            .collect();
        let local_id = new_local_id();
        let draft = Draft { text: text.to_owned(), reply_to: None };
        let send =
            Command::SendFiles { chat_id: chat_id.clone(), local_id, draft, mentions: Vec::new(), thread: None, files };
        assert_eq!(self.ask(send).await, CommandReply::Ok { body: ReplyBody::Done });
        MessageId::from(local_id)
    }

    /// Fetches a file of a message to a place on this disk.
    pub fn save(&self, file: &Attachment, place: &Path) {
        self.app.save(file.file.clone(), place);
    }

    /// As [`Self::save`]; returns when it is whole.
    pub async fn save_whole(&self, file: &Attachment, place: &Path) {
        self.save(file, place);
        let done = |screen: &Screen| screen.transfer(&file.file.id, Way::Down) == Some(TransferState::Done);
        self.until("the saved file", done).await;
    }

    /// What a file of a message holds.
    pub async fn load(&self, file: &Attachment) -> Vec<u8> {
        self.app.load(&file.file.id, 64 * 1024 * 1024).await.expect("it can be read")
    }

    /// All that the app can read, sealed with a passphrase.
    ///
    /// # Errors
    /// As the app says.
    pub async fn export(&self, passphrase: &str, format: view::ExportFormat) -> Result<Vec<u8>, Failure> {
        self.app.export(passphrase.to_owned(), format).await
    }

    /// What a file holds, or why it cannot be read.
    ///
    /// # Errors
    /// As the app says.
    pub async fn load_id(&self, file_id: &FileId) -> Result<Vec<u8>, Failure> {
        self.app.load(file_id, 64 * 1024 * 1024).await
    }

    /// Loads all of the open chat that is older than what is on screen.
    pub async fn load_all(&self, chat_id: &ChatId) {
        while self.look(|screen| screen.has_older) {
            let pages = self.look(|screen| screen.older_pages);
            self.command(Command::LoadOlder { chat_id: chat_id.clone() });
            self.until("an older page", |screen| screen.older_pages != pages).await;
        }
    }

    /// Waits until the screen is as described.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        let mut changed = self.changed.clone();
        let so = async {
            while !self.look(&is_so) {
                changed.changed().await.expect("the app lives");
            }
        };
        within(what, so).await;
    }

    /// Looks at the screen now and at each change, until the app ends.
    pub async fn watch(&self, at: impl Fn(&Screen)) {
        let mut changed = self.changed.clone();
        loop {
            self.look(&at);
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Looks at the screen.
    pub fn look<T>(&self, at: impl Fn(&Screen) -> T) -> T {
        at(&self.screen.lock().expect("no one panics under the lock"))
    }
}
