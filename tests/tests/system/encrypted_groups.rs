//! Encrypted groups end to end: whole client apps on the real server, on both databases.

use client::KeySource;
use protocol::frame::{CreateChat, PostMessage, Reply, Request};
use protocol::{ChatId, ChatKind, ErrorCode, MessageId, MessageType, UserId};
use testkit::{Headless, Person, Screen, TestDb, TestServer, Wire};
use view::update::ReplyBody;
use view::{Command, CommandReply, DeviceStanding, MessageContent, MessageRow, Rights, SystemNote};

/// Alice, bob, carol and dave, each with an app.
pub struct Team {
    pub server: TestServer,
    apps: Vec<(Headless, UserId)>,
    _folders: Vec<tempfile::TempDir>,
}

pub const ALICE: usize = 0;
pub const BOB: usize = 1;
pub const CAROL: usize = 2;
const DAVE: usize = 3;

impl Team {
    pub async fn meet(server: TestServer) -> Self {
        let (mut apps, mut folders) = (Vec::new(), Vec::new());
        for name in ["alice", "bob", "carol", "dave"] {
            folders.push(tempfile::tempdir().unwrap());
            let app = Headless::start(folders.last().unwrap().path(), KeySource::None).await;
            app.register(&server.addresses().http.to_string(), name).await;
            app.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
            let id = app.look(|screen| match &screen.stage {
                Some(view::Stage::Ready { me }) => me.person.id,
                other => panic!("{other:?}"),
            });
            apps.push((app, id));
        }
        Self { server, apps, _folders: folders }
    }

    pub fn app(&self, person: usize) -> &Headless {
        &self.apps[person].0
    }

    /// Somebody's number.
    pub fn id(&self, person: usize) -> UserId {
        self.apps[person].1
    }

    pub async fn done(&self, person: usize, command: Command) -> ReplyBody {
        let what = format!("{command:?}");
        match self.app(person).ask(command).await {
            CommandReply::Ok { body } => body,
            CommandReply::Failed { failure } => panic!("{what}: {failure:?}"),
        }
    }

    /// Somebody says it, and these read it.
    async fn say(&self, chat: &ChatId, by: usize, text: &str, readers: &[usize]) -> MessageId {
        let id = self.app(by).send(chat, text).await;
        for reader in readers {
            self.app(*reader).until(text, |screen| shows(screen, &id, text)).await;
        }
        id
    }

    /// Alice makes an encrypted group with these, and all of them look at it.
    pub async fn group(&self, others: &[usize]) -> ChatId {
        let local_id = testkit::new_local_id();
        let chat = ChatId::from(local_id);
        let create = Command::CreateChat {
            local_id,
            kind: ChatKind::Group,
            name: "Поход".to_owned(),
            description: String::new(),
            members: others.iter().map(|person| self.id(*person)).collect(),
            public: false,
            encrypted: true,
        };
        self.done(ALICE, create).await;
        for person in [&[ALICE], others].concat() {
            self.look_at(person, &chat).await;
        }
        chat
    }

    pub async fn look_at(&self, person: usize, chat: &ChatId) {
        self.app(person)
            .until("the chat", |screen| screen.chats.iter().any(|row| row.id == *chat && row.encrypted))
            .await;
        self.done(person, Command::OpenChat { chat_id: chat.clone() }).await;
    }
}

fn shows(screen: &Screen, id: &MessageId, text: &str) -> bool {
    screen.message(id).is_some_and(|row| matches!(&row.content, MessageContent::Text { text: shown } if shown == text))
}

/// What a server keeps has this text, as it is or in hexadecimal digits.
pub(crate) fn holds(kept: &[u8], text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    [text.as_bytes(), hex.as_bytes()].iter().any(|part| memchr::memmem::find(kept, part).is_some())
}

fn is_removal(row: &MessageRow) -> bool {
    matches!(row.content, MessageContent::System { note: SystemNote::MemberRemoved { .. } })
}

async fn a_group_is_made_talks_takes_one_in_and_puts_one_out(server: TestServer) {
    let mut team = Team::meet(server).await;
    let chat = team.group(&[BOB, CAROL]).await;
    team.say(&chat, ALICE, "тайна-первая", &[BOB, CAROL]).await;
    let before = team.say(&chat, CAROL, "тайна-вторая", &[ALICE, BOB]).await;
    team.done(BOB, Command::AddMember { chat_id: chat.clone(), user_id: team.apps[DAVE].1 }).await;
    team.look_at(DAVE, &chat).await;
    team.say(&chat, DAVE, "тайна-третья", &[ALICE, BOB, CAROL]).await;
    let sealed = team.app(DAVE).look(|screen| screen.message(&before).map(|row| row.content.clone()));
    assert!(sealed.is_none_or(|content| content == MessageContent::Sealed));
    team.done(ALICE, Command::RemoveMember { chat_id: chat.clone(), user_id: team.apps[CAROL].1 }).await;
    // What bob said without knowing it would rightly be sealed for carol too: he is told by an event of his own.
    team.app(BOB).until("carol gone", |screen| screen.timeline.iter().any(is_removal)).await;
    let last = team.say(&chat, BOB, "тайна-последняя", &[ALICE, DAVE]).await;
    assert!(!team.app(CAROL).look(|screen| screen.message(&last).is_some()));
    let ReplyBody::Readers { readers } = team.done(ALICE, Command::ListReaders { chat_id: chat.clone() }).await else {
        panic!("who reads");
    };
    let mut who: Vec<UserId> = readers.iter().map(|reader| reader.person.id).collect();
    who.sort_unstable();
    assert_eq!(who, [team.apps[ALICE].1, team.apps[BOB].1, team.apps[DAVE].1]);
    let kept = team.server.everything_kept().await;
    let holds = |text: &str| holds(&kept, text);
    assert!(holds("Поход"), "the search itself works");
    assert!(!holds("тайна-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_talks_takes_one_in_and_puts_one_out_on_sqlite() {
    a_group_is_made_talks_takes_one_in_and_puts_one_out(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_talks_takes_one_in_and_puts_one_out_on_postgres() {
    match TestDb::postgres() {
        Some(db) => a_group_is_made_talks_takes_one_in_and_puts_one_out(TestServer::start_on(db).await).await,
        None => sql::testing::cluster::say_none(),
    }
}

/// Whom bob lets in reads and finds what was said before; the server does not.
async fn a_newcomer_is_handed_the_past(server: TestServer) {
    let mut team = Team::meet(server).await;
    let chat = team.group(&[BOB]).await;
    let rights = Some(Rights { past: true, ..Rights::default() });
    let (name, description, public) = (None, None, None);
    team.done(ALICE, Command::UpdateChat { chat_id: chat.clone(), name, description, public, rights }).await;
    team.app(BOB).until("the right", |screen| screen.chats.iter().any(|row| row.id == chat && row.rights.past)).await;
    let mut said = Vec::new();
    for n in 0..40 {
        let text = format!("тайна-{n}");
        said.push((team.say(&chat, [ALICE, BOB][n % 2], &text, &[BOB, ALICE]).await, text));
    }
    team.done(BOB, Command::AddMember { chat_id: chat.clone(), user_id: team.id(CAROL) }).await;
    team.look_at(CAROL, &chat).await;
    for (id, text) in said.iter().rev().take(10) {
        team.app(CAROL).until(text, |screen| shows(screen, id, text)).await;
    }
    let (first, text) = &said[0];
    team.done(CAROL, Command::JumpTo { chat_id: chat.clone(), message_id: first.clone() }).await;
    team.app(CAROL).until(text, |screen| shows(screen, first, text)).await;
    let ReplyBody::Found { hits } =
        team.done(CAROL, Command::Search { query: "тайна".to_owned(), chat_id: Some(chat.clone()) }).await
    else {
        panic!("what is found");
    };
    assert!(hits.len() >= 10, "{}", hits.len());
    let kept = team.server.everything_kept().await;
    assert!(holds(&kept, "Поход"), "the search itself works");
    assert!(!holds(&kept, "тайна-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_is_handed_the_past_on_sqlite() {
    a_newcomer_is_handed_the_past(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_is_handed_the_past_on_postgres() {
    match TestDb::postgres() {
        Some(db) => a_newcomer_is_handed_the_past(TestServer::start_on(db).await).await,
        None => sql::testing::cluster::say_none(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_keys_makes_open_groups_and_is_refused_in_encrypted_ones() {
    let server = TestServer::start().await;
    let mut script = Person::register(server.addresses(), Wire::Tcp, "script").await;
    let post = |chat_id: &ChatId| {
        Request::Message(PostMessage {
            chat_id: chat_id.clone(),
            content: "from a script".to_owned(),
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
        })
    };
    // As the given shape has it: nothing is said of encryption.
    let open: CreateChat = serde_json::from_str(r#"{"chat_type":"group","name":"open"}"#).unwrap();
    let mut codes = Vec::new();
    for create in [open.clone(), CreateChat { encrypted: true, ..open }] {
        let made = script.try_request(Request::CreateChat(create), None).await.unwrap().unwrap();
        let Reply::ChatState { chat } = made else { panic!("{made:?}") };
        let posted = script.try_request(post(&chat.id), None).await.unwrap();
        codes.push((chat.encrypted, posted.err().map(|error| error.code)));
    }
    assert_eq!(codes, [(false, None), (true, Some(ErrorCode::PlaintextRefused))]);
}
