//! Whatever a server answers and whenever the connection or the process ends: the changes of one chat are accepted in the
//! order in which they were made, each once, and never two of one chat are on their way.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use engine::{Account, AuthTokens, Cx, Engine, EngineError, Input, Output, Timer};
use proptest::prelude::*;
use protocol::frame::{AuthSuccess, ErrorBody, MessageAccepted, Reply};
use protocol::{
    Chat, ChatId, ChatKind, ErrorCode, LocalId, MessageId, Request, RequestId, ServerFrame, Timestamp, UserId,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sql::{Store, StoreLocation};
use view::{Command, CommandEnvelope, Draft};

#[derive(Debug, Clone)]
enum Do {
    Post { chat: i64 },
    Answer { which: usize, how: How },
    Cut,
    Restart,
    Wait,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum How {
    Accept,
    /// Done, but the answer says that it was not.
    AcceptAndFall,
    NotNow,
    Never,
}

fn things() -> impl Strategy<Value = Vec<Do>> {
    let how = prop_oneof![5 => Just(How::Accept), 1 => Just(How::AcceptAndFall), 2 => Just(How::NotNow), 1 => Just(How::Never)];
    let one = prop_oneof![
        6 => (2i64..5).prop_map(|chat| Do::Post { chat }),
        8 => (0usize..4, how).prop_map(|(which, how)| Do::Answer { which, how }),
        1 => Just(Do::Cut),
        1 => Just(Do::Restart),
        2 => Just(Do::Wait),
    ];
    proptest::collection::vec(one, 0..80)
}

struct Asked {
    request_id: Option<RequestId>,
    local_id: LocalId,
    request: Request,
}

struct Device {
    store: Store,
    engine: Engine,
    rng: ChaCha8Rng,
    now: i64,
    on_the_way: Vec<Asked>,
    auth: Option<RequestId>,
    posted: BTreeMap<ChatId, Vec<MessageId>>,
    accepted: BTreeMap<ChatId, Vec<MessageId>>,
    refused: BTreeSet<MessageId>,
    made: u64,
}

impl Device {
    fn new() -> Self {
        let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
        let engine = store.write(Engine::open).unwrap();
        let mut device = Self {
            store,
            engine,
            rng: ChaCha8Rng::seed_from_u64(3),
            now: 1_795_000_000_000,
            on_the_way: Vec::new(),
            auth: None,
            posted: BTreeMap::new(),
            accepted: BTreeMap::new(),
            refused: BTreeSet::new(),
            made: 0,
        };
        let account = Account {
            user_id: UserId(1),
            username: "me".to_owned(),
            server_id: String::new(),
            team: String::new(),
            endpoint: String::new(),
            address: String::new(),
        };
        let access_until = Timestamp(device.now * 2);
        let tokens = AuthTokens { access: "a".to_owned(), refresh: "r".to_owned(), access_until };
        device.step(Input::LoggedIn { account, tokens });
        device.enter();
        device
    }

    fn step(&mut self, input: Input) {
        let (engine, rng, now) = (&mut self.engine, &mut self.rng, self.now);
        let outputs = self
            .store
            .write(|tx| engine.step(&mut Cx { tx, now: Timestamp(now), rng }, input).map_err(Boxed))
            .map_err(|e| e.0)
            .unwrap();
        for output in outputs {
            let Output::Send(frame) = output else { continue };
            match (&frame.request, frame.local_id) {
                (Request::Auth(_), _) => self.auth = frame.request_id,
                (Request::Message(_) | Request::OpenPrivate(_), Some(local_id)) => {
                    self.on_the_way.push(Asked { request_id: frame.request_id, local_id, request: frame.request });
                }
                _ => {}
            }
        }
        let chats: Vec<ChatId> = self.on_the_way.iter().map(|asked| chat_of(&asked.request)).collect();
        let distinct: BTreeSet<&ChatId> = chats.iter().collect();
        assert_eq!(distinct.len(), chats.len(), "two changes of one chat are on their way");
    }

    fn reply(&mut self, request_id: Option<RequestId>, reply: Reply) {
        self.step(Input::Frame(ServerFrame::Reply { request_id, reply }));
    }

    fn enter(&mut self) {
        self.on_the_way.clear();
        self.step(Input::Connected);
        let success = AuthSuccess {
            user_id: UserId(1),
            username: "me".to_owned(),
            expires_in: 900,
            access_token: None,
            refresh_token: None,
        };
        let auth = self.auth.take();
        self.reply(auth, Reply::AuthSuccess(success));
    }

    fn command(&mut self, command: Command) {
        self.step(Input::Command(CommandEnvelope { id: 1, command }));
    }

    fn act(&mut self, what: Do) {
        self.now += 10;
        match what {
            Do::Post { chat } => {
                let chat_id = ChatId::private(UserId(1), UserId(chat));
                self.command(Command::OpenPrivate { user_id: UserId(chat) });
                self.made += 1;
                let local_id = LocalId::from_parts(self.made, [0; 10]);
                self.posted.entry(chat_id.clone()).or_default().push(local_id.into());
                let draft = Draft { text: "x".to_owned(), reply_to: None };
                self.command(Command::Send { chat_id, local_id, draft, mentions: Vec::new(), thread: None });
            }
            Do::Answer { which, how } => {
                if which < self.on_the_way.len() {
                    let asked = self.on_the_way.remove(which);
                    self.answer(asked, how);
                }
            }
            Do::Cut => {
                self.on_the_way.clear();
                self.step(Input::Disconnected { reason: None });
                self.enter();
            }
            Do::Restart => {
                self.engine = self.store.write(Engine::open).unwrap();
                self.step(Input::Started);
                self.enter();
            }
            Do::Wait => {
                self.now += 40_000;
                self.step(Input::Timer(Timer::Outbox));
            }
        }
    }

    fn answer(&mut self, asked: Asked, how: How) {
        let chat_id = chat_of(&asked.request);
        let refuse = |code| Reply::Error(ErrorBody { code, message: String::new(), retry_after_ms: Some(100) });
        let Request::Message(_) = asked.request else {
            let reply = match how {
                How::NotNow | How::AcceptAndFall => refuse(ErrorCode::Unavailable),
                _ => Reply::ChatState { chat: chat(chat_id) },
            };
            return self.reply(asked.request_id, reply);
        };
        let id = MessageId::from(asked.local_id);
        let list = self.accepted.entry(chat_id.clone()).or_default();
        let known = list.iter().position(|known| *known == id);
        if known.is_none() && matches!(how, How::Accept | How::AcceptAndFall) {
            list.push(id.clone());
        }
        // A repeated request gets the first answer, whatever the mood.
        let place = list.iter().position(|known| *known == id);
        let reply = match (how, place) {
            (How::AcceptAndFall | How::NotNow, _) => refuse(ErrorCode::RateLimited),
            (_, Some(place)) => Reply::MessageAccepted(MessageAccepted {
                chat_id,
                message_id: id,
                seq: place as u64 + 1,
                rev: place as u64 + 10,
                timestamp: Timestamp(self.now),
            }),
            (_, None) => {
                self.refused.insert(id);
                refuse(ErrorCode::InvalidField)
            }
        };
        self.reply(asked.request_id, reply);
    }
}

struct Boxed(EngineError);

impl From<sql::Error> for Boxed {
    fn from(e: sql::Error) -> Self {
        Boxed(e.into())
    }
}

fn chat_of(request: &Request) -> ChatId {
    match request {
        Request::Message(post) => post.chat_id.clone(),
        Request::OpenPrivate(open) => ChatId::private(UserId(1), open.user_id),
        other => panic!("{other:?}"),
    }
}

fn chat(id: ChatId) -> Chat {
    Chat {
        avatar: None,
        id,
        chat_type: ChatKind::Private,
        name: String::new(),
        description: String::new(),
        creator_id: UserId(1),
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        public: false,
        encrypted: false,
        rights: protocol::Rights::default(),
        disappear_after: None,
        member_count: 2,
        join_requests: 0,
        last_seq: 0,
        rev: 1,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn changes_of_a_chat_are_accepted_in_order_and_once(things in things()) {
        let mut device = Device::new();
        for what in things {
            device.act(what);
        }
        for _ in 0..400 {
            if device.on_the_way.is_empty() {
                device.act(Do::Wait);
            }
            if device.on_the_way.is_empty() {
                break;
            }
            device.act(Do::Answer { which: 0, how: How::Accept });
        }
        for (chat, posted) in &device.posted {
            let expected: Vec<_> = posted.iter().filter(|id| !device.refused.contains(id)).cloned().collect();
            let accepted = device.accepted.get(chat).cloned().unwrap_or_default();
            prop_assert_eq!(accepted, expected, "{}", chat);
        }
    }
}
