//! Measures the engine on an encrypted cache on disk: `cargo run --release -p engine --example measure [MESSAGES]`.
//! Prints one figure a line: messages applied a second, start, opening a chat, search, and an own message to the screen.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Instant;

use engine::{Account, AuthTokens, Cx, Engine, EngineError, Input, Output};
use protocol::frame::{AuthSuccess, Changes, Event, Reply};
use protocol::{
    Chat, ChatId, ChatKind, LocalId, Membership, Message, MessageId, MessageType, Request, RequestId, Role, Row, Scope,
    ServerFrame, Timestamp, User, UserId,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sql::{Store, StoreKey, StoreLocation};
use view::{Command, CommandEnvelope, Draft};

const NOW: i64 = 1_795_000_000_000;
const CHATS: u64 = 100;
const PEOPLE: i64 = 50;
const FRAME_ROWS: usize = 200;
const WORDS: &[&str] = &[
    "привет",
    "завтра",
    "собрание",
    "в",
    "десять",
    "потом",
    "обедаем",
    "и",
    "the",
    "release",
    "is",
    "ready",
    "нужно",
    "проверить",
    "отчёт",
    "deploy",
    "на",
    "сервер",
    "ёлка",
    "вечером",
    "message",
    "кто",
    "возьмёт",
    "задачу",
];

struct Device {
    store: Store,
    engine: Engine,
    rng: ChaCha8Rng,
}

impl Device {
    fn open(path: &str) -> Self {
        let mut store = Store::open(&StoreLocation::File(path.to_owned()), Some(&StoreKey([7; 32]))).unwrap();
        let engine = store.write(Engine::open).unwrap();
        Self { store, engine, rng: ChaCha8Rng::seed_from_u64(1) }
    }

    fn step(&mut self, input: Input) -> Vec<Output> {
        let (engine, rng) = (&mut self.engine, &mut self.rng);
        self.store
            .write(|tx| engine.step(&mut Cx { tx, now: Timestamp(NOW), rng }, input).map_err(Error::from))
            .map_err(|e| e.0)
            .unwrap()
    }

    fn command(&mut self, id: u32, command: Command) -> Vec<Output> {
        self.step(Input::Command(CommandEnvelope { id, command }))
    }

    /// Connects and authenticates; returns the number of the `sync` and its scopes.
    fn enter(&mut self) -> (RequestId, Vec<Scope>) {
        let mut auth = None;
        for output in self.step(Input::Connected) {
            if let Output::Send(frame) = output
                && matches!(frame.request, Request::Auth(_))
            {
                auth = frame.request_id;
            }
        }
        let success = AuthSuccess {
            user_id: UserId(1),
            username: "me".to_owned(),
            expires_in: 900,
            access_token: None,
            refresh_token: None,
        };
        let outputs = self.reply(auth, Reply::AuthSuccess(success));
        sync_of(&outputs).unwrap()
    }

    fn reply(&mut self, request_id: Option<RequestId>, reply: Reply) -> Vec<Output> {
        self.step(Input::Frame(ServerFrame::Reply { request_id, reply }))
    }
}

struct Error(EngineError);

impl From<EngineError> for Error {
    fn from(e: EngineError) -> Self {
        Error(e)
    }
}

impl From<sql::Error> for Error {
    fn from(e: sql::Error) -> Self {
        Error(e.into())
    }
}

fn sync_of(outputs: &[Output]) -> Option<(RequestId, Vec<Scope>)> {
    outputs.iter().find_map(|output| match output {
        Output::Send(frame) => match &frame.request {
            Request::Sync(sync) => {
                Some((frame.request_id.clone()?, sync.scopes.iter().map(|have| have.scope.clone()).collect()))
            }
            _ => None,
        },
        _ => None,
    })
}

fn chat_id(n: u64) -> ChatId {
    ChatId::new(format!("chat-{n}")).unwrap()
}

fn message(rng: &mut ChaCha8Rng, chat: u64, seq: u64) -> Message {
    let mut content = String::new();
    for _ in 0..8 + rng.next_u32() % 16 {
        content.push_str(WORDS[rng.next_u32() as usize % WORDS.len()]);
        content.push(' ');
    }
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    Message {
        id: MessageId::from(LocalId::from_parts(NOW as u64, random)),
        sender_id: UserId(2 + i64::from(rng.next_u32()) % (PEOPLE - 2)),
        sender_username: "someone".to_owned(),
        content,
        message_type: MessageType::Text,
        timestamp: Timestamp(NOW - 100_000_000 + seq as i64 * 1_000 + chat as i64),
        reply_to: None,
        mentions: Vec::new(),
        reactions: BTreeMap::new(),
        sealed: false,
        content_rev: None,
        edited_at: None,
        deleted_at: None,
        pinned_at: None,
        attachments: Vec::new(),
        poll: None,
        preview: None,
        forwarded: None,
        thread: None,
        replies: None,
        everyone: None,
        expires_at: None,
        seq,
        rev: seq + 1,
    }
}

fn chat(n: u64) -> Chat {
    Chat {
        avatar: None,
        id: chat_id(n),
        chat_type: ChatKind::Channel,
        name: format!("channel {n}"),
        description: String::new(),
        creator_id: UserId(2),
        created_at: Timestamp(NOW),
        updated_at: Timestamp(NOW),
        public: true,
        encrypted: false,
        rights: protocol::Rights::default(),
        disappear_after: None,
        member_count: 60,
        join_requests: 0,
        last_seq: 0,
        rev: 1,
    }
}

fn changes(scope: Scope, from: u64, head: u64, snapshot: bool, rows: Vec<Row>) -> Reply {
    let to = rows.last().map_or(head, Row::rev);
    Reply::Changes(Changes { scope, from, to, head, snapshot, rows, receipts: Vec::new() })
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn main() {
    let total: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.db").to_string_lossy().into_owned();
    let mut device = Device::open(&path);
    let account = Account {
        user_id: UserId(1),
        username: "me".to_owned(),
        server_id: "s".to_owned(),
        team: "Team".to_owned(),
        endpoint: String::new(),
        address: String::new(),
    };
    let tokens = AuthTokens { access: "a".to_owned(), refresh: "r".to_owned(), access_until: Timestamp(NOW + 900_000) };
    device.step(Input::LoggedIn { account, tokens });
    let per_chat = total / CHATS;
    let (id, _) = device.enter();
    let people = (1..=PEOPLE).map(|n| {
        Row::User(User {
            avatar: None,
            id: UserId(n),
            username: format!("user{n}"),
            display_name: format!("Имя {n}"),
            bio: String::new(),
            custom_status: String::new(),
            status_emoji: String::new(),
            status_until: None,
            email: None,
            phone: None,
            created_at: Timestamp(NOW),
            deactivated: false,
            rev: n as u64,
        })
    });
    device.reply(Some(id.clone()), changes(Scope::Team, 0, PEOPLE as u64, true, people.collect()));
    let memberships = (1..=CHATS).map(|n| {
        let (chat_id, read_seq) = (chat_id(n), per_chat.saturating_sub(10));
        Row::Membership(Membership { chat_id, role: Role::Member, read_seq, left: false, rev: n })
    });
    let outputs = device.reply(Some(id), changes(Scope::User(UserId(1)), 0, CHATS, true, memberships.collect()));
    let (id, scopes) = sync_of(&outputs).unwrap();
    assert_eq!(scopes.len() as u64, CHATS);

    // A backlog, frame by frame; making the frames is not measured.
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let (mut applied, mut spent) = (0u64, 0.0);
    for n in 1..=CHATS {
        let (scope, head) = (Scope::Chat(chat_id(n)), per_chat + 1);
        let mut rows = vec![Row::Chat(chat(n))];
        let (mut from, mut next_id) = (0, id.clone());
        for seq in 1..=per_chat {
            rows.push(Row::Message(message(&mut rng, n, seq)));
            if rows.len() == FRAME_ROWS || seq == per_chat {
                let count = rows.len() as u64;
                let reply = changes(scope.clone(), from, head, from == 0, std::mem::take(&mut rows));
                from = seq + 1;
                let start = Instant::now();
                let outputs = device.reply(Some(next_id.clone()), reply);
                spent += start.elapsed().as_secs_f64();
                applied += count;
                if let Some((again, _)) = sync_of(&outputs) {
                    next_id = again;
                }
            }
        }
    }
    println!("messages applied: {:.0}/s ({applied} in {spent:.1} s)", applied as f64 / spent);
    println!("cache: {:.1} MiB", std::fs::metadata(&path).map_or(0.0, |m| m.len() as f64 / 1_048_576.0));
    drop(device);

    let start = Instant::now();
    let mut device = Device::open(&path);
    device.step(Input::Started);
    let outputs = device.command(1, Command::Start);
    println!("start to chat list: {:.1} ms", ms(start));
    assert!(outputs.len() > 3);
    let start = Instant::now();
    device.command(2, Command::OpenChat { chat_id: chat_id(7) });
    println!("open a chat: {:.1} ms", ms(start));
    let start = Instant::now();
    device.command(3, Command::LoadOlder { chat_id: chat_id(7) });
    println!("load an older page: {:.1} ms", ms(start));
    for query in ["ёлки", "отчет завтра", "messag", "нетакогослова"] {
        let start = Instant::now();
        device.command(4, Command::Search { query: query.to_owned(), chat_id: None });
        println!("search {query:?}: {:.1} ms", ms(start));
    }
    let start = Instant::now();
    device.command(5, Command::Search { query: "сервер".to_owned(), chat_id: Some(chat_id(7)) });
    println!("search in one chat: {:.1} ms", ms(start));
    let start = Instant::now();
    let draft = Draft { text: "на экране".to_owned(), reply_to: None };
    let local_id = LocalId::from_parts(NOW as u64, [1; 10]);
    device.command(6, Command::Send { chat_id: chat_id(7), local_id, draft, mentions: Vec::new(), thread: None });
    println!("own message to screen: {:.1} ms", ms(start));

    device.step(Input::Disconnected { reason: None });
    device.enter();
    let live = 2_000;
    let start = Instant::now();
    for n in 0..live {
        let message = message(&mut rng, 7, per_chat + 1 + n);
        device.step(Input::Frame(ServerFrame::Event(Event::NewMessage { chat_id: chat_id(7), message })));
    }
    println!("live messages, one commit each: {:.0}/s", live as f64 / start.elapsed().as_secs_f64());
}
