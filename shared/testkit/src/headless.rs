//! A whole client app without windows.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use client::{App, AppConfig, KeySource};
use protocol::{ChatId, LocalId, MessageId};
use tokio::sync::watch;
use view::update::ReplyBody;
use view::{Command, CommandEnvelope, CommandReply, Draft, ServerTarget};

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
        let config = AppConfig {
            data_dir: profile.display().to_string(),
            key,
            can_host: false,
            device_name: "headless".to_owned(),
            here: None,
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

    /// Looks at the screen.
    pub fn look<T>(&self, at: impl Fn(&Screen) -> T) -> T {
        at(&self.screen.lock().expect("no one panics under the lock"))
    }
}
