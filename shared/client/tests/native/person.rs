//! A person with the app: asks, and waits for what the screen would show.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use client::{App, AppConfig, KeySource, StartError};
use protocol::ChatId;
use view::update::ReplyBody;
use view::{
    ChatRow, Command, CommandEnvelope, CommandReply, Draft, Failure, MessageContent, MessageRow, ServerTarget, Stage,
    TimelineDiff, Update,
};

/// Longer than anything takes here; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
struct Screen {
    shown: Mutex<Vec<Update>>,
    changed: Condvar,
}

pub struct Person {
    app: App,
    screen: Arc<Screen>,
    next: std::cell::Cell<u32>,
}

pub fn general() -> ChatId {
    ChatId::general()
}

impl Person {
    pub fn start(folder: &Path, key: KeySource) -> Result<Self, StartError> {
        let screen = Arc::new(Screen::default());
        let shown = screen.clone();
        let config = AppConfig {
            data_dir: folder.to_str().unwrap().to_owned(),
            key,
            can_host: true,
            device_name: "test".to_owned(),
            here: None,
            previews: client::PreviewsConfig::default(),
            runtime: None,
        };
        let app = App::start_batched(config, move |updates| {
            shown.shown.lock().unwrap().extend(updates);
            shown.changed.notify_all();
        })?;
        let person = Self { app, screen, next: std::cell::Cell::new(1) };
        person.ok(Command::Start);
        Ok(person)
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// Waits until `find` finds something in all that was shown.
    pub fn wait<T>(&self, what: &str, find: impl Fn(&[Update]) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        let mut shown = self.screen.shown.lock().unwrap();
        loop {
            if let Some(found) = find(&shown) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}; last: {:#?}", &shown[shown.len().saturating_sub(5)..]);
            shown = self.screen.changed.wait_timeout(shown, left).unwrap().0;
        }
    }

    pub fn ask(&self, command: Command) -> CommandReply {
        let name = format!("{command:?}");
        let id = self.next.get();
        self.next.set(id + 1);
        self.app.command(CommandEnvelope { id, command });
        self.wait(&name, |shown| {
            shown.iter().rev().find_map(|update| match update {
                Update::Reply { id: of, reply } if *of == id => Some(reply.clone()),
                _ => None,
            })
        })
    }

    pub fn ok(&self, command: Command) -> ReplyBody {
        match self.ask(command.clone()) {
            CommandReply::Ok { body } => body,
            CommandReply::Failed { failure } => panic!("{command:?} failed: {failure:?}"),
        }
    }

    pub fn failure(&self, command: Command) -> Failure {
        match self.ask(command.clone()) {
            CommandReply::Failed { failure } => failure,
            CommandReply::Ok { body } => panic!("{command:?} went well: {body:?}"),
        }
    }

    pub fn register(&self, server: &ServerTarget, name: &str) {
        self.ok(register(server, name));
        self.online();
    }

    /// Waits until the newest word on the connection is "online".
    pub fn online(&self) {
        self.wait("online", |shown| (self.connection_of(shown)? == view::Connection::Online).then_some(()));
    }

    pub fn offline(&self) {
        self.wait("offline", |shown| {
            matches!(self.connection_of(shown)?, view::Connection::Offline { .. }).then_some(())
        });
    }

    fn connection_of(&self, shown: &[Update]) -> Option<view::Connection> {
        shown.iter().rev().find_map(|update| match update {
            Update::Connection { connection } => Some(*connection),
            _ => None,
        })
    }

    pub fn stage(&self) -> Stage {
        self.wait("a stage", |shown| {
            shown.iter().rev().find_map(|update| match update {
                Update::Stage { stage } => Some(stage.clone()),
                _ => None,
            })
        })
    }

    pub fn say(&self, text: &str) {
        let command = Command::Send {
            chat_id: general(),
            local_id: protocol::LocalId(uuid::Uuid::now_v7()),
            draft: Draft { text: text.to_owned(), reply_to: None },
            mentions: Vec::new(),
            thread: None,
        };
        self.ok(command);
    }

    pub fn open(&self) {
        self.ok(Command::OpenChat { chat_id: general() });
    }

    /// Waits for a message in the open timeline for which `find` says yes.
    pub fn sees(&self, what: &str, find: impl Fn(&MessageRow) -> bool) -> MessageRow {
        self.wait(what, |shown| timeline(shown).into_iter().find(&find))
    }

    pub fn reads(&self, text: &str) -> MessageRow {
        self.sees(text, |row| text_of(row) == text)
    }

    /// The open timeline as it now is.
    pub fn timeline(&self) -> Vec<MessageRow> {
        timeline(&self.screen.shown.lock().unwrap())
    }

    pub fn chat_row(&self, what: &str, find: impl Fn(&ChatRow) -> bool) -> ChatRow {
        self.wait(what, |shown| {
            shown.iter().rev().find_map(|update| match update {
                Update::ChatChanged { chat, .. } if find(chat) => Some(chat.clone()),
                Update::Chats { chats } => chats.iter().find(|c| find(c)).cloned(),
                _ => None,
            })
        })
    }
}

pub fn register(server: &ServerTarget, name: &str) -> Command {
    Command::Register {
        server: server.clone(),
        username: name.to_owned(),
        password: "correct horse battery".to_owned(),
        display_name: String::new(),
    }
}

pub fn text_of(row: &MessageRow) -> &str {
    match &row.content {
        MessageContent::Text { text } => text,
        _ => "",
    }
}

fn timeline(shown: &[Update]) -> Vec<MessageRow> {
    let mut rows: Vec<MessageRow> = Vec::new();
    for diff in
        shown.iter().filter_map(|u| if let Update::Timeline { diffs, .. } = u { Some(diffs) } else { None }).flatten()
    {
        match diff {
            TimelineDiff::Reset { rows: all, .. } => rows = all.clone(),
            TimelineDiff::Upsert { row } => {
                rows.retain(|r| r.id != row.id);
                rows.push((**row).clone());
            }
            TimelineDiff::Remove { id } => rows.retain(|r| r.id != *id),
            TimelineDiff::Older { rows: more, .. } | TimelineDiff::Newer { rows: more, .. } => {
                rows.extend(more.iter().cloned());
            }
        }
        rows.sort_by_key(|r| r.order);
    }
    rows
}
