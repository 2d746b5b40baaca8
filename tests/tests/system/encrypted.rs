//! Private chats end to end: whole client apps on the real server, on both databases. They read each other, and the server
//! does not.

use client::KeySource;
use protocol::frame::{PostMessage, Request};
use protocol::{ChatId, ErrorCode, MessageId, MessageType};
use testkit::{Headless, Person, Screen, TestDb, TestServer, Wire};
use view::update::ReplyBody;
use view::{Command, CommandReply, DeviceStanding, Draft, MessageContent, ReaderRow, ServerTarget};

/// Each scenario once with the server on SQLite, once on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($pair:ident: &mut Pair) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn scenario($pair: &mut Pair) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                scenario(&mut Pair::meet(TestServer::start().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                match TestDb::postgres() {
                    Some(db) => scenario(&mut Pair::meet(TestServer::start_on(db).await).await).await,
                    None => sql::testing::cluster::say_none(),
                }
            }
        }
    )*};
}
pub(crate) use on_both_databases;

/// Alice and bob, both looking at their private chat.
pub(crate) struct Pair {
    pub(crate) server: TestServer,
    pub(crate) alice: Headless,
    pub(crate) bob: Headless,
    pub(crate) chat: ChatId,
    folders: Vec<tempfile::TempDir>,
}

impl Pair {
    pub(crate) async fn meet(server: TestServer) -> Self {
        let folders = vec![tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let alice = Headless::start(folders[0].path(), KeySource::None).await;
        let bob = Headless::start(folders[1].path(), KeySource::None).await;
        let mut ids = Vec::new();
        for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
            app.register(&server.addresses().http.to_string(), name).await;
            app.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
            ids.push(app.look(|screen| match &screen.stage {
                Some(view::Stage::Ready { me }) => me.person.id,
                other => panic!("{other:?}"),
            }));
        }
        let chat = ChatId::private(ids[0], ids[1]);
        for (app, other) in [(&alice, ids[1]), (&bob, ids[0])] {
            done(app, Command::OpenPrivate { user_id: other }).await;
            done(app, Command::OpenChat { chat_id: chat.clone() }).await;
        }
        Self { server, alice, bob, chat, folders }
    }

    /// Alice at a second machine, not confirmed yet.
    pub(crate) async fn alice_elsewhere(&mut self) -> Headless {
        self.folders.push(tempfile::tempdir().unwrap());
        let app = Headless::start(self.folders.last().unwrap().path(), KeySource::None).await;
        let address = self.server.addresses().http.to_string();
        let login = Command::Login {
            server: ServerTarget::Address { address },
            username: "alice".to_owned(),
            password: "correct horse battery".to_owned(),
        };
        done(&app, login).await;
        app.until("being not confirmed", |screen| screen.standing == DeviceStanding::Unconfirmed).await;
        app
    }

    async fn both_see(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        self.alice.until(what, &is_so).await;
        self.bob.until(what, &is_so).await;
    }

    async fn readers(&self, app: &Headless) -> Vec<ReaderRow> {
        match done(app, Command::ListReaders { chat_id: self.chat.clone() }).await {
            ReplyBody::Readers { readers } => readers,
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) async fn done(app: &Headless, command: Command) -> ReplyBody {
    let what = format!("{command:?}");
    match app.ask(command).await {
        CommandReply::Ok { body } => body,
        CommandReply::Failed { failure } => panic!("{what}: {failure:?}"),
    }
}

pub(crate) async fn code(app: &Headless, command: Command) -> String {
    match done(app, command).await {
        ReplyBody::Code { code } => code,
        other => panic!("{other:?}"),
    }
}

fn shows(screen: &Screen, id: &MessageId, text: &str) -> bool {
    screen.message(id).is_some_and(|row| matches!(&row.content, MessageContent::Text { text: shown } if shown == text))
}

on_both_databases! {
    async fn alice_and_bob_talk_in_private_and_the_server_keeps_none_of_it(pair: &mut Pair) {
        let general = pair.alice.send(&ChatId::general(), "это все прочтут-контроль").await;
        let mut said = Vec::new();
        for n in 0..40 {
            let (app, other) = if n % 2 == 0 { (&pair.alice, &pair.bob) } else { (&pair.bob, &pair.alice) };
            let text = format!("тайна-номер-{n}-между-нами");
            let id = app.send(&pair.chat, &text).await;
            other.until(&text, |screen| shows(screen, &id, &text)).await;
            said.push(text);
            if n == 7 {
                let text = "исправленная-тайна".to_owned();
                let edit = Command::Edit {
                    chat_id: pair.chat.clone(), message_id: id.clone(), text: text.clone(), mentions: vec![],
                };
                done(app, edit).await;
                pair.both_see(&text, |screen| shows(screen, &id, &text)).await;
                let react = Command::React {
                    chat_id: pair.chat.clone(), message_id: id.clone(), emoji: "👍".to_owned(), on: true,
                };
                done(other, react).await;
                pair.both_see("a reaction", |screen| {
                    screen.message(&id).is_some_and(|row| row.reactions.len() == 1) && shows(screen, &id, &text)
                }).await;
                said.push(text);
            }
        }
        let draft = Draft { text: "недописанная-тайна".to_owned(), reply_to: None };
        done(&pair.alice, Command::SaveDraft { chat_id: pair.chat.clone(), draft }).await;
        said.push("недописанная-тайна".to_owned());
        let last = pair.bob.send(&pair.chat, "сохранённая-тайна").await;
        pair.alice.until("the last", |screen| shows(screen, &last, "сохранённая-тайна")).await;
        done(&pair.alice, Command::SaveMessage { chat_id: pair.chat.clone(), message_id: last, on: true }).await;
        said.push("сохранённая-тайна".to_owned());
        // What was asked before is answered: drafts and saved ones are with the server when this is.
        let after = pair.alice.send(&pair.chat, "напоследок").await;
        pair.bob.until("the end", |screen| shows(screen, &after, "напоследок")).await;
        let kept = pair.server.everything_kept().await;
        let holds = |text: &str| {
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            let there = |part: &[u8]| memchr::memmem::find(&kept, part).is_some();
            there(text.as_bytes()) || there(hex.as_bytes())
        };
        assert!(holds("это все прочтут-контроль"), "the search itself works: {general}");
        for text in said {
            assert!(!holds(&text), "{text}");
        }
    }

    async fn alices_second_machine_is_confirmed_by_a_code_and_reads_along_until_it_is_removed(pair: &mut Pair) {
        let before = pair.alice.send(&pair.chat, "раньше").await;
        pair.bob.until("the first", |screen| shows(screen, &before, "раньше")).await;
        let elsewhere = pair.alice_elsewhere().await;
        let code = code(&pair.alice, Command::MakeLinkCode).await;
        // Own data comes in order: when the later entry is there, so is what the code opens.
        let settings = view::ChatSettings { marked_unread: true, ..view::ChatSettings::default() };
        done(&pair.alice, Command::SetChatSettings { chat_id: ChatId::general(), settings }).await;
        elsewhere.until("own data", |screen| {
            screen.chats.iter().any(|chat| chat.id == ChatId::general() && chat.settings.marked_unread)
        }).await;
        done(&elsewhere, Command::EnterCode { code }).await;
        elsewhere.until("being confirmed", |screen| screen.standing == DeviceStanding::Ready).await;
        done(&elsewhere, Command::OpenChat { chat_id: pair.chat.clone() }).await;
        // Somebody adds it; what is said then reaches it.
        let from_there = elsewhere.send(&pair.chat, "я и здесь").await;
        pair.both_see("what she said there", |screen| shows(screen, &from_there, "я и здесь")).await;
        let answer = pair.bob.send(&pair.chat, "вижу").await;
        elsewhere.until("the answer", |screen| shows(screen, &answer, "вижу")).await;
        elsewhere.until("what was said before", |screen| shows(screen, &before, "раньше")).await;
        let (hers, his) = (pair.readers(&pair.alice).await, pair.readers(&pair.bob).await);
        assert_eq!(hers.iter().map(|reader| reader.devices).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(hers[1].safety_number, his[1].safety_number);
        let device_id = elsewhere.look(|screen| screen.devices.iter().find(|device| device.this).unwrap().id.clone());
        done(&pair.alice, Command::RemoveDevice { device_id }).await;
        let devices = async || pair.readers(&pair.bob).await.iter().map(|reader| reader.devices).collect::<Vec<_>>();
        let gone = async { while devices().await != [1, 1] { tokio::task::yield_now().await } };
        testkit::within("the removal at bob's", gone).await;
        let last = pair.bob.send(&pair.chat, "теперь без неё").await;
        pair.alice.until("the last", |screen| shows(screen, &last, "теперь без неё")).await;
        assert!(!elsewhere.look(|screen| shows(screen, &last, "теперь без неё")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_without_keys_meets_a_typed_refusal_in_an_encrypted_chat_and_talks_in_general() {
    let pair = Pair::meet(TestServer::start().await).await;
    let id = pair.alice.send(&pair.chat, "только нам").await;
    pair.bob.until("the message", |screen| shows(screen, &id, "только нам")).await;
    let mut script = Person::login(pair.server.addresses(), Wire::Tcp, "alice").await;
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
    let refused = script.try_request(post(&pair.chat), None).await.unwrap().unwrap_err();
    assert_eq!(refused.code, ErrorCode::PlaintextRefused);
    script.try_request(post(&ChatId::general()), None).await.unwrap().unwrap();
}
