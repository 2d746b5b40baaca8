//! One person's device: the store, the engine on it, timers, and the screen that the updates draw. Checks each update
//! against what the screen already shows.

use std::collections::{BTreeMap, HashMap};

use engine::{Account, AuthTokens, Cx, Engine, EngineError, Input, Output, Timer};
use protocol::{ChatId, MessageId, Timestamp, UserId};
use rand_chacha::ChaCha8Rng;
use sql::{Store, StoreKey, StoreLocation};
use view::update::ReplyBody;
use view::{
    ChatRow, Command, CommandEnvelope, CommandReply, Connection, Draft, Kept, MessageRow, Notice, OwnEmoji, Stage,
    TimelineDiff, Update,
};

/// When a step shall be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    No,
    BeforeCommit,
    AfterCommit,
}

/// What is drawn.
#[derive(Default)]
pub struct Screen {
    pub stage: Option<Stage>,
    pub connection: Option<Connection>,
    pub chats: Vec<ChatRow>,
    pub open: Option<ChatId>,
    pub rows: Vec<MessageRow>,
    pub has_older: bool,
    pub has_newer: bool,
    pub ready: bool,
    pub failed_page: bool,
    pub unread: (u64, u64),
    pub notices: Vec<Notice>,
    pub replies: HashMap<u32, CommandReply>,
    pub draft: Option<Draft>,
    pub session_ended: bool,
    pub erased: bool,
    /// The thread beside the chat, drawn like a chat.
    pub thread: Option<Box<Screen>>,
    pub threads_unread: u32,
    pub emoji: OwnEmoji,
    pub kept: BTreeMap<String, String>,
    pub scheduled: Vec<view::ScheduledRow>,
    pub reminders: Vec<view::ReminderRow>,
    pub privacy: view::Privacy,
    pub inbox_unread: u32,
    pub transfers: Vec<view::TransferRow>,
    pub team_emoji: BTreeMap<String, view::TeamEmoji>,
    pub standing: view::DeviceStanding,
    pub devices: Vec<view::DeviceRow>,
}

pub struct Person {
    pub id: UserId,
    pub name: String,
    pub store: Store,
    pub engine: Option<Engine>,
    /// Counts engines: timers and connections of earlier ones mean nothing.
    pub life: u64,
    pub timers: HashMap<Timer, u64>,
    pub timer_count: u64,
    pub connection: Option<u64>,
    /// Files that the driver was asked to move, and did not finish.
    pub jobs: Vec<engine::Job>,
    /// Links that the driver was asked to look behind.
    pub looks: Vec<String>,
    pub screen: Screen,
    pub clock_skew: i64,
    /// Another one than the usual, for a control.
    pub retention: Option<crypto::mls::Retention>,
    pub rng: ChaCha8Rng,
    pub command_id: u32,
    pub steps: u64,
}

#[derive(Debug)]
enum Stop {
    Crashed,
    Engine(EngineError),
}

impl From<sql::Error> for Stop {
    fn from(e: sql::Error) -> Self {
        Stop::Engine(e.into())
    }
}

pub fn new_store() -> Store {
    Store::open(&StoreLocation::Memory, None::<&StoreKey>).expect("memory is there")
}

/// Empties a store without making its tables anew.
pub fn wipe(store: &mut Store) {
    store
        .write(|tx| {
            let tables = tx.rows(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'message_index%'
                 AND name NOT LIKE 'sqlite_%' AND name NOT IN ('schema_migrations', 'message_terms')",
                &[],
                |r| r.text(0),
            )?;
            for table in &tables {
                tx.execute(&format!("DELETE FROM {table}"), &[])?;
            }
            if !tables.is_empty() {
                tx.execute("INSERT INTO message_index (message_index) VALUES ('delete-all')", &[])?;
            }
            Ok::<_, sql::Error>(())
        })
        .expect("a store can be emptied");
}

impl Person {
    pub fn account(&self) -> Account {
        Account {
            user_id: self.id,
            username: self.name.clone(),
            server_id: "server".to_owned(),
            team: "Team".to_owned(),
            endpoint: "here".to_owned(),
            address: "here".to_owned(),
        }
    }

    pub fn tokens(&self, access: String, refresh: String, now: i64, life_s: u32) -> AuthTokens {
        AuthTokens { access, refresh, access_until: Timestamp(now + self.clock_skew + i64::from(life_s) * 1_000) }
    }

    /// The process ends.
    pub fn die(&mut self) {
        self.engine = None;
        self.jobs.clear();
        self.life += 1;
        self.timers.clear();
        self.connection = None;
        self.screen = Screen { notices: std::mem::take(&mut self.screen.notices), ..Screen::default() };
    }

    /// The process starts.
    pub fn open(&mut self) {
        let mut engine = self.store.write(Engine::open).expect("the cache opens");
        if let Some(retention) = self.retention {
            engine.keep_keys(retention);
        }
        self.engine = Some(engine);
    }

    /// One input. `None`: the process died.
    pub fn step(&mut self, now: i64, input: Input, crash: Crash) -> Option<Vec<Output>> {
        let engine = self.engine.as_mut()?;
        self.steps += 1;
        let (rng, skew) = (&mut self.rng, self.clock_skew);
        let shown = format!("{input:?}");
        let result = self.store.write(|tx| {
            let mut cx = Cx { tx, now: Timestamp(now + skew), rng };
            let outputs = engine.step(&mut cx, input).map_err(Stop::Engine)?;
            if crash == Crash::BeforeCommit { Err(Stop::Crashed) } else { Ok(outputs) }
        });
        match (result, crash) {
            (Ok(outputs), Crash::No) => Some(outputs),
            (Ok(_) | Err(Stop::Crashed), _) => {
                self.die();
                None
            }
            (Err(Stop::Engine(e)), _) => panic!("{}: {e} after {shown}", self.name),
        }
    }

    /// What opens a file, by this device.
    pub fn seal_of(&mut self, file: &protocol::FileId) -> Option<crypto::FileSeal> {
        let engine = self.engine.as_ref().expect("the process lives");
        self.store.read(|tx| engine.seal_of(tx, file)).expect("the cache reads")
    }

    /// The content of a file that is in the cache.
    pub fn kept(&mut self, file: &protocol::FileId) -> Option<Vec<u8>> {
        let engine = self.engine.as_ref().expect("the process lives");
        self.store.read(|tx| engine.kept_content(tx, file)).expect("the cache reads")
    }

    /// A number that the cache holds.
    pub fn count(&mut self, sql: &str) -> u64 {
        self.store.read(|tx| tx.one(sql, &[], |r| r.count(0))).expect("the cache reads")
    }

    pub fn envelope(&mut self, command: Command) -> CommandEnvelope {
        self.command_id += 1;
        if let Command::OpenChat { chat_id } | Command::JumpTo { chat_id, .. } = &command {
            if self.screen.open.as_ref() != Some(chat_id) {
                self.screen.rows.clear();
                self.screen.ready = false;
            }
            self.screen.open = Some(chat_id.clone());
        }
        CommandEnvelope { id: self.command_id, command }
    }

    pub fn draw(&mut self, update: Update) {
        let name = self.name.clone();
        let screen = &mut self.screen;
        match update {
            Update::Stage { stage } => screen.stage = Some(stage),
            Update::Connection { connection } => screen.connection = Some(connection),
            Update::Chats { chats } => screen.chats = chats,
            Update::ChatChanged { chat, index } => {
                screen.chats.retain(|row| row.id != chat.id);
                assert!(index <= screen.chats.len(), "{name}: index {index} of {}", screen.chats.len());
                screen.chats.insert(index, chat);
            }
            Update::ChatRemoved { chat_id } => screen.chats.retain(|row| row.id != chat_id),
            Update::Timeline { chat_id, diffs } => {
                if screen.open.as_ref() == Some(&chat_id) {
                    for diff in diffs {
                        screen.apply(&name, diff);
                    }
                }
            }
            Update::Thread { diffs, .. } => {
                for diff in diffs {
                    screen.thread.get_or_insert_default().apply(&name, diff);
                }
            }
            Update::Threads { unread } => screen.threads_unread = unread,
            Update::Scheduled { messages } => screen.scheduled = messages,
            Update::Inbox { unread } => screen.inbox_unread = unread,
            Update::Reminders { reminders } => screen.reminders = reminders,
            Update::Privacy { privacy, .. } => screen.privacy = privacy,
            Update::Draft { draft, .. } => screen.draft = Some(draft),
            Update::OwnEmoji { emoji } => screen.emoji = emoji,
            Update::Kept { entries } => {
                for Kept { key, value } in entries {
                    match value {
                        Some(value) => screen.kept.insert(key, value),
                        None => screen.kept.remove(&key),
                    };
                }
            }
            Update::Unread { messages, mentions } => screen.unread = (messages, mentions),
            Update::Notice { notice } => {
                assert!(
                    screen
                        .notices
                        .iter()
                        .all(|known| known.message_id != notice.message_id || known.reminder != notice.reminder),
                    "{name}: told twice of {}",
                    notice.message_id
                );
                screen.notices.push(notice);
            }
            Update::Reply { id, reply } => {
                assert!(screen.replies.insert(id, reply).is_none(), "{name}: command {id} answered twice");
            }
            Update::Devices { standing, devices } => (screen.standing, screen.devices) = (standing, devices),
            Update::Transfers { transfers } => screen.transfers = transfers,
            Update::Transfer { transfer } => {
                screen.transfers.retain(|row| row.file_id != transfer.file_id || row.way != transfer.way);
                screen.transfers.push(transfer);
            }
            Update::TeamEmoji { emoji } => {
                screen.team_emoji = emoji.into_iter().map(|one| (one.name.clone(), one)).collect();
            }
            Update::TeamEmojiChanged { emoji } if emoji.removed => _ = screen.team_emoji.remove(&emoji.name),
            Update::TeamEmojiChanged { emoji } => _ = screen.team_emoji.insert(emoji.name.clone(), emoji),
            Update::Recording { .. }
            | Update::Picked { .. }
            | Update::Preferences { .. }
            | Update::Members { .. }
            | Update::Person { .. }
            | Update::Host { .. } => {}
        }
    }
}

impl Screen {
    fn apply(&mut self, name: &str, diff: TimelineDiff) {
        match diff {
            TimelineDiff::Reset { rows, has_older, has_newer, .. } => {
                (self.rows, self.has_older, self.has_newer, self.ready) = (rows, has_older, has_newer, true);
                self.failed_page = false;
            }
            TimelineDiff::Upsert { row } => {
                self.rows.retain(|known| known.id != row.id);
                let at = self.rows.partition_point(|known| known.order < row.order);
                self.rows.insert(at, *row);
            }
            TimelineDiff::Remove { id } => self.rows.retain(|known| known.id != id),
            TimelineDiff::Older { mut rows, has_older, failed } => {
                self.has_older = has_older;
                self.failed_page = failed;
                rows.append(&mut self.rows);
                self.rows = rows;
            }
            TimelineDiff::Newer { mut rows, has_newer, failed } => {
                self.has_newer = has_newer;
                self.failed_page = failed;
                self.rows.append(&mut rows);
            }
        }
        for pair in self.rows.windows(2) {
            assert!(pair[0].order < pair[1].order, "{name}: {:?} stands before {:?}", pair[0], pair[1]);
        }
        let mut ids: Vec<&MessageId> = self.rows.iter().map(|row| &row.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), self.rows.len(), "{name}: a message is on screen twice");
    }

    pub fn chat(&self, id: &ChatId) -> Option<&ChatRow> {
        self.chats.iter().find(|row| row.id == *id)
    }

    pub fn texts(&self) -> Vec<String> {
        self.rows
            .iter()
            .filter_map(|row| match &row.content {
                view::MessageContent::Text { text } => Some(text.clone()),
                _ => None,
            })
            .collect()
    }

    pub fn reply(&self, id: u32) -> Option<&ReplyBody> {
        match self.replies.get(&id)? {
            CommandReply::Ok { body } => Some(body),
            CommandReply::Failed { .. } => None,
        }
    }
}
