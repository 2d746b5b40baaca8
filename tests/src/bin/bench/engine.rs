//! (e) The engine alone, with an encrypted cache on disk: messages applied a second while it catches up with 100,000, and
//! how long a start with them takes until the chat list and an open timeline are on screen.

use std::collections::VecDeque;
use std::time::Instant;

use engine::{Account, AuthTokens, Cx, Engine, EngineError, Input, Output};
use protocol::frame::{AuthSuccess, Changes, Reply, Request, Welcome};
use protocol::{
    Chat, ChatId, ChatKind, ClientFrame, Member, Membership, Message, MessageId, MessageType, Role, Row, Scope,
    ServerFrame, Timestamp, User, UserId,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sql::{Store, StoreKey, StoreLocation};
use view::{Command, CommandEnvelope, Update};

use crate::report::{Aim, Line, Report};
use crate::texts;

const MESSAGES: u64 = 100_000;
/// As the server sends them.
const PAGE_ROWS: u64 = 200;
const NOW: Timestamp = Timestamp(1_800_000_000_000);
const ME: UserId = UserId(1);
const KEY: [u8; 32] = [3; 32];

pub fn measure(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let location = StoreLocation::File(folder.path().join("cache.db").display().to_string());
    let applied = fill(&location, KEY, "{}");
    let started = Instant::now();
    let mut driver = Driver::open(&location, KEY, usual());
    driver.feed(Input::Started);
    driver.feed(Input::Command(CommandEnvelope { id: 1, command: Command::Start }));
    let opening = Instant::now();
    driver.feed(Input::Command(CommandEnvelope { id: 2, command: Command::OpenChat { chat_id: ChatId::general() } }));
    let open_ms = opening.elapsed().as_secs_f64() * 1000.0;
    let start_ms = started.elapsed().as_secs_f64() * 1000.0;
    let shown = |is: fn(&Update) -> bool| driver.shown.iter().any(is);
    assert!(shown(|update| matches!(update, Update::Chats { chats } if !chats.is_empty())), "a chat list is shown");
    assert!(shown(|update| matches!(update, Update::Timeline { .. })), "a timeline is shown");
    let what = "e  engine: messages applied while catching up";
    report.line(Line { what, unit: "1/s", ours: applied, raw: None, aim: Aim::None });
    let (what, aim) = ("e  engine: start with 100,000 messages, chat open", Aim::AtMost(300.0));
    report.line(Line { what, unit: "ms", ours: start_ms, raw: None, aim });
    let (what, aim) = ("e  engine: open a chat of 100,000 messages", Aim::AtMost(50.0));
    report.line(Line { what, unit: "ms", ours: open_ms, raw: None, aim });
}

/// Makes a cache with [`MESSAGES`] messages, of an account whose server is at `endpoint`; messages applied a second.
pub fn fill(location: &StoreLocation, key: [u8; 32], endpoint: &str) -> f64 {
    filled(location, key, endpoint, usual()).0
}

/// A cache in which one can search.
pub struct Cache(Driver);

impl Cache {
    /// With so many messages, as [`texts::text`] makes them.
    pub fn filled(location: &StoreLocation, messages: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(7);
        let text = Box::new(move |seq| texts::text(seq, &mut rng));
        let (_, mut driver) = filled(location, KEY, "{}", Stock { messages, text });
        driver.feed(Input::Command(CommandEnvelope { id: 1, command: Command::Start }));
        Self(driver)
    }

    /// Searches; the answer comes in the same step.
    pub fn search(&mut self, query: &str) {
        self.0.shown.clear();
        let command = Command::Search { query: query.to_owned(), chat_id: None };
        self.0.feed(Input::Command(CommandEnvelope { id: 2, command }));
        assert!(self.0.shown.iter().any(|update| matches!(update, Update::Reply { .. })), "the cache answers at once");
    }
}

/// What the server of this bench holds.
struct Stock {
    messages: u64,
    text: Box<dyn FnMut(u64) -> String>,
}

fn filled(location: &StoreLocation, key: [u8; 32], endpoint: &str, stock: Stock) -> (f64, Driver) {
    let messages = stock.messages;
    let mut driver = Driver::open(location, key, stock);
    driver.feed(Input::Started);
    driver.feed(Input::LoggedIn { account: account(endpoint), tokens: tokens() });
    let started = Instant::now();
    driver.feed(Input::Connected);
    let seconds = started.elapsed().as_secs_f64();
    assert!(driver.rows_served >= messages, "the engine asked for {} rows only", driver.rows_served);
    (messages as f64 / seconds, driver)
}

fn usual() -> Stock {
    let text = |seq| format!("Сообщение номер {seq}: {} and a few words to search for", words(seq));
    Stock { messages: MESSAGES, text: Box::new(text) }
}

/// Does what a client's driver does, with a server that is a table.
struct Driver {
    store: Store,
    engine: Engine,
    rng: StdRng,
    shown: Vec<Update>,
    rows_served: u64,
    stock: Stock,
}

impl Driver {
    fn open(location: &StoreLocation, key: [u8; 32], stock: Stock) -> Self {
        let mut store = Store::open(location, Some(&StoreKey(key))).expect("the cache opens");
        let engine = store.write(Engine::open).expect("the engine opens");
        Self { store, engine, rng: StdRng::seed_from_u64(1), shown: Vec::new(), rows_served: 0, stock }
    }

    /// One input and all that follows from it.
    fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let (engine, rng) = (&mut self.engine, &mut self.rng);
            let outputs = self
                .store
                .write(|tx| -> Result<Vec<Output>, EngineError> { engine.step(&mut Cx { tx, now: NOW, rng }, input) })
                .expect("the step succeeds");
            for output in outputs {
                match output {
                    Output::Send(frame) => inputs.extend(self.answer(*frame).into_iter().map(Input::Frame)),
                    Output::Update(update) => self.shown.push(*update),
                    _ => {}
                }
            }
        }
    }

    fn answer(&mut self, frame: ClientFrame) -> Vec<ServerFrame> {
        let replies = match frame.request {
            Request::Hello(_) => vec![Reply::Welcome(Welcome {
                version: 1,
                versions: vec![1],
                server_id: "bench".to_owned(),
                incarnation: "bench".to_owned(),
                name: "Bench".to_owned(),
                invitation_required: false,
                heartbeat_ms: 25_000,
                encryption: false,
                server_time: None,
                pin: None,
            })],
            Request::Auth(_) => vec![Reply::AuthSuccess(AuthSuccess {
                user_id: ME,
                username: "alice".to_owned(),
                expires_in: 900,
                access_token: None,
                refresh_token: None,
            })],
            Request::Sync(sync) => {
                sync.scopes.into_iter().map(|asked| Reply::Changes(self.changes(asked.scope, asked.have))).collect()
            }
            _ => Vec::new(),
        };
        replies.into_iter().map(|reply| ServerFrame::reply(frame.request_id.clone(), reply)).collect()
    }

    fn changes(&mut self, scope: Scope, from: u64) -> Changes {
        let head = match scope {
            Scope::Team | Scope::User(_) => 1,
            Scope::Chat(_) => self.stock.messages + 2,
        };
        let to = head.min(from + PAGE_ROWS);
        let rows: Vec<Row> = (from + 1..=to).map(|rev| row(&scope, rev, &mut self.stock)).collect();
        self.rows_served += rows.len() as u64;
        Changes { scope, from, to, head, snapshot: false, rows, receipts: Vec::new() }
    }
}

/// What stands at a revision: the chat, its member, then messages.
fn row(scope: &Scope, rev: u64, stock: &mut Stock) -> Row {
    match (scope, rev) {
        (Scope::Team, _) => Row::User(User {
            avatar: None,
            id: ME,
            username: "alice".to_owned(),
            display_name: String::new(),
            bio: String::new(),
            custom_status: String::new(),
            status_emoji: String::new(),
            status_until: None,
            email: None,
            phone: None,
            created_at: NOW,
            deactivated: false,
            rev,
        }),
        (Scope::User(_), _) => {
            let chat_id = ChatId::general();
            Row::Membership(Membership { chat_id, role: Role::Member, read_seq: 0, left: false, rev })
        }
        (Scope::Chat(_), 1) => Row::Chat(Chat {
            avatar: None,
            id: ChatId::general(),
            chat_type: ChatKind::Channel,
            name: "general".to_owned(),
            description: String::new(),
            creator_id: UserId(0),
            created_at: NOW,
            updated_at: NOW,
            public: true,
            encrypted: false,
            rights: protocol::Rights::default(),
            disappear_after: None,
            member_count: 1,
            join_requests: 0,
            last_seq: stock.messages,
            rev,
        }),
        (Scope::Chat(_), 2) => {
            Row::Member(Member { user_id: ME, role: Role::Member, joined_at: NOW, left: false, rev })
        }
        (Scope::Chat(_), rev) => Row::Message(message(rev - 2, rev, stock)),
    }
}

fn message(seq: u64, rev: u64, stock: &mut Stock) -> Message {
    Message {
        id: MessageId::new(format!("message-{seq}")).expect("an id"),
        sender_id: ME,
        sender_username: "alice".to_owned(),
        content: (stock.text)(seq),
        message_type: MessageType::Text,
        timestamp: Timestamp(NOW.0 - 1000 * (stock.messages - seq) as i64),
        reply_to: None,
        mentions: Vec::new(),
        reactions: Default::default(),
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
        rev,
    }
}

/// Words that differ from message to message, as people's do.
fn words(seq: u64) -> String {
    let stock = ["привет", "завтра", "встреча", "deploy", "отчёт", "review", "кофе", "release", "билет", "python"];
    (0..8)
        .map(|n| stock[(seq.wrapping_mul(2_654_435_761).rotate_left(n * 7) % 10) as usize])
        .collect::<Vec<_>>()
        .join(" ")
}

fn account(endpoint: &str) -> Account {
    Account {
        user_id: ME,
        username: "alice".to_owned(),
        server_id: "bench".to_owned(),
        team: "Bench".to_owned(),
        address: "127.0.0.1:8080".to_owned(),
        endpoint: endpoint.to_owned(),
    }
}

fn tokens() -> AuthTokens {
    AuthTokens { access: "a".to_owned(), refresh: "r".to_owned(), access_until: Timestamp(NOW.0 + 3_600_000) }
}
