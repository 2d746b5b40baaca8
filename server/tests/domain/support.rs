//! A server without transports, and people who talk to it through `service` as a connection would.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use protocol::frame::{
    Changes, CreateChat, Event, History, HistoryPage, MessageAccepted, PostMessage, Reply, Request, ScopeHave,
    Sync as SyncBody, UserRef,
};
use protocol::{
    Chat, ChatId, ChatKind, ClientFrame, ErrorCode, LocalId, Message, MessageType, ProtocolError, Scope, ServerFrame,
    Timestamp, UserId,
};
use server::auth::Auth;
use server::domain::users::{self, NewUser};
use server::domain::{Failure, SERVER};
use server::hub::{Connection, Frame};
use server::service;
use server::session::Who;
use server::state::{App, Settings};
use sql::Db;

/// Longer than anything takes on a busy machine; reached only when a test fails.
const PATIENCE: Duration = Duration::from_secs(30);
/// 2026-01-01: where the tests' clocks start.
pub const START_MS: i64 = 1_767_225_600_000;

/// A server on a database of its own.
pub struct Team {
    pub app: App,
    clock: Arc<AtomicI64>,
}

impl Team {
    pub async fn new(db: Db) -> Self {
        Self::with(db, Settings::default()).await
    }

    pub async fn with(db: Db, settings: Settings) -> Self {
        Self::start(db, settings, START_MS).await
    }

    /// A server whose clock starts at `ms`.
    pub async fn at(db: Db, ms: i64) -> Self {
        Self::start(db, Settings::default(), ms).await
    }

    async fn start(db: Db, settings: Settings, ms: i64) -> Self {
        let clock = Arc::new(AtomicI64::new(ms));
        let ticking = clock.clone();
        let now = Arc::new(move || Timestamp(ticking.load(Ordering::SeqCst)));
        let app = App::open(db, Auth::for_tests(), settings, now).await.unwrap();
        Self { app, clock }
    }

    pub fn advance(&self, ms: i64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn register(&self, new: NewUser) -> Result<UserId, ProtocolError> {
        let made = self.app.write(SERVER, move |cx| users::create(cx, &new)).await;
        made.map(|user| user.id).map_err(Failure::into_protocol)
    }

    /// Registers and goes online.
    pub async fn person(&self, name: &str) -> Person {
        let id = self.register(NewUser { username: name.to_owned(), ..NewUser::default() }).await.unwrap();
        self.online(id).await
    }

    /// One more connection of someone.
    pub async fn online(&self, id: UserId) -> Person {
        let session_id = uuid::Uuid::from_u128(fresh().into());
        let who = Who { user_id: id, session_id, expires_at: Timestamp(i64::MAX) };
        let connection = service::attach(&self.app, who).await.unwrap();
        Person::of(connection, who, self)
    }

    /// Everything that a refused request must leave as it was.
    pub async fn fingerprint(&self) -> Vec<String> {
        self.app.index_waiting().await.unwrap();
        let all = |cx: &mut server::domain::Cx<'_, '_>| {
            let mut lines =
                cx.tx.rows("SELECT scope, rev, last_seq, last_ms FROM scopes ORDER BY scope", &[], |row| {
                    Ok(format!("{} {} {} {}", row.text(0)?, row.int(1)?, row.int(2)?, row.int(3)?))
                })?;
            for table in [
                "users",
                "chats",
                "members",
                "messages",
                "message_mentions",
                "message_reactions",
                "invitations",
                "mutations",
                "items",
                "files",
                "file_uses",
                "due",
                "polls",
                "message_index",
                "poll_votes",
                "sealed_votes",
                "devices",
                "key_packages",
                "mls_groups",
                "mls_roster",
                "mls_commits",
                "mls_admissions",
                "link_jobs",
                "link_previews",
            ] {
                let count = cx.tx.one(&format!("SELECT count(*) FROM {table}"), &[], |row| row.int(0))?;
                lines.push(format!("{table} {count}"));
            }
            lines.extend(cx.tx.rows("SELECT id, uses FROM invitations ORDER BY id", &[], |row| {
                Ok(format!("{} {}", row.text(0)?, row.int(1)?))
            })?);
            Ok(lines)
        };
        self.app.read(SERVER, all).await.unwrap()
    }
}

/// A number that no other call gives.
pub fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An id that no other call gives.
pub fn local_id() -> LocalId {
    LocalId::from_parts(fresh(), [7; 10])
}

/// A plain text message.
pub fn text(chat_id: &ChatId, content: &str) -> PostMessage {
    PostMessage {
        chat_id: chat_id.clone(),
        content: content.to_owned(),
        message_type: MessageType::Text,
        reply_to: None,
        mentions: vec![],
        reactions: vec![],
        encrypt_for_recipients: false,
        forward_of: None,
        thread: None,
        attachments: vec![],
        poll: None,
        everyone: None,
    }
}

/// Asks for the newest messages of a chat.
pub fn newest(chat_id: &ChatId, limit: u32) -> History {
    History {
        chat_id: chat_id.clone(),
        before_seq: None,
        after_seq: None,
        around_seq: None,
        around_time: None,
        limit: Some(limit),
    }
}

/// Someone with a live connection.
pub struct Person {
    pub id: UserId,
    pub who: Who,
    pub app: App,
    pub connection: Connection,
    heard: Vec<Event>,
}

impl Person {
    /// Someone whose connection a test made by hand.
    pub fn of(connection: Connection, who: Who, team: &Team) -> Self {
        Self { id: who.user_id, who, app: team.app.clone(), connection, heard: Vec::new() }
    }

    /// Asks for something and hears all answers.
    pub async fn ask_all(&self, id: Option<LocalId>, request: Request) -> Vec<Result<Reply, ProtocolError>> {
        let frame = ClientFrame { request_id: None, local_id: id, request };
        let answers = service::dispatch(self.app.clone(), Some(self.who), frame).await;
        let reply = |frame| match frame {
            ServerFrame::Reply { reply: Reply::Error(body), .. } => Err(body.into()),
            ServerFrame::Reply { reply, .. } => Ok(reply),
            ServerFrame::Event(event) => panic!("an event as an answer: {event:?}"),
        };
        answers.into_iter().map(reply).collect()
    }

    /// Asks for something that has one answer.
    pub async fn ask_as(&self, id: Option<LocalId>, request: Request) -> Result<Reply, ProtocolError> {
        let mut answers = self.ask_all(id, request).await;
        assert_eq!(answers.len(), 1);
        answers.pop().unwrap()
    }

    pub async fn ask(&self, request: Request) -> Result<Reply, ProtocolError> {
        self.ask_as(Some(local_id()), request).await
    }

    /// Asks for what must be refused.
    pub async fn refused(&self, request: Request) -> ErrorCode {
        self.ask(request).await.unwrap_err().code
    }

    pub async fn post(&self, chat: &ChatId, content: &str) -> MessageAccepted {
        self.post_as(local_id(), text(chat, content)).await
    }

    pub async fn post_as(&self, id: LocalId, body: PostMessage) -> MessageAccepted {
        match self.ask_as(Some(id), Request::Message(body)).await.unwrap() {
            Reply::MessageAccepted(accepted) => accepted,
            other => panic!("{other:?}"),
        }
    }

    /// A group or channel with others in it.
    pub async fn chat(&self, chat_type: ChatKind, name: &str, members: &[UserId], public: bool) -> Chat {
        let body = CreateChat {
            chat_type,
            name: name.to_owned(),
            description: String::new(),
            members: members.to_vec(),
            public,
            encrypted: false,
        };
        self.chat_state(Request::CreateChat(body)).await
    }

    pub async fn encrypted_group(&self, members: &[UserId]) -> ChatId {
        let body = CreateChat {
            chat_type: ChatKind::Group,
            name: "sealed".to_owned(),
            description: String::new(),
            members: members.to_vec(),
            public: false,
            encrypted: true,
        };
        self.chat_state(Request::CreateChat(body)).await.id
    }

    pub async fn group(&self, members: &[UserId]) -> ChatId {
        self.chat(ChatKind::Group, "team", members, false).await.id
    }

    pub async fn private(&self, other: UserId) -> ChatId {
        self.chat_state(Request::OpenPrivate(UserRef { user_id: other })).await.id
    }

    pub async fn chat_state(&self, request: Request) -> Chat {
        match self.ask(request).await.unwrap() {
            Reply::ChatState { chat } => chat,
            other => panic!("{other:?}"),
        }
    }

    pub async fn history(&self, asked: History) -> HistoryPage {
        match self.ask_as(None, Request::History(asked)).await.unwrap() {
            Reply::HistoryPage(page) => page,
            other => panic!("{other:?}"),
        }
    }

    /// One message as it now is.
    pub async fn message(&self, chat: &ChatId, seq: u64) -> Message {
        let page = self.history(History { after_seq: Some(seq - 1), ..newest(chat, 1) }).await;
        page.messages.into_iter().next().unwrap()
    }

    pub async fn sync(&self, scope: Scope, have: u64) -> Result<Changes, ProtocolError> {
        let asked = SyncBody { scopes: vec![ScopeHave { scope, have }] };
        match self.ask_as(None, Request::Sync(asked)).await? {
            Reply::Changes(changes) => Ok(changes),
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the first event, heard already or not yet, that `pick` takes; the events before it stay.
    pub async fn hear<T>(&mut self, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let mut looked = 0;
        loop {
            while let Some(event) = self.heard.get(looked) {
                if let Some(found) = pick(event) {
                    self.heard.remove(looked);
                    return found;
                }
                looked += 1;
            }
            let mut frames = Vec::new();
            let more = self.connection.recv_many(&mut frames);
            let closed = tokio::time::timeout(PATIENCE, more).await.expect("nothing more is heard");
            self.heard.extend(frames.iter().map(event));
            assert!(closed.is_none() || looked < self.heard.len(), "closed: {closed:?}");
        }
    }

    /// Waits for a message with this content.
    pub async fn hear_text(&mut self, content: &str) -> Message {
        self.hear(|event| match event {
            Event::NewMessage { message, .. } if message.content == content => Some(message.clone()),
            _ => None,
        })
        .await
    }

    /// All that was heard so far, without waiting.
    pub fn heard_now(&mut self) -> Vec<Event> {
        let mut frames = Vec::new();
        self.connection.try_recv_many(&mut frames);
        self.heard.extend(frames.iter().map(event));
        std::mem::take(&mut self.heard)
    }
}

/// Reads a frame as a client does.
pub fn event(frame: &Frame) -> Event {
    match protocol::codec::decode_server(frame).unwrap() {
        ServerFrame::Event(event) => event,
        other => panic!("no event: {other:?}"),
    }
}
