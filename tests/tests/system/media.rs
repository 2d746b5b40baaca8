//! Pictures of people and voices, end to end: two whole client apps on the real server, on both databases.

use client::KeySource;
use protocol::{About, ChatId, FileId, MessageId};
use testkit::{Headless, Screen, TestDb, TestServer, new_local_id};
use view::update::ReplyBody;
use view::{Command, CommandReply, Draft, Failure, NewEmoji, SendFile, TransferState, Way};

/// The smallest WebP picture there is: one pixel.
const DOT: &[u8] = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";

/// Alice and bob, each at an app of their own, and bob's folder.
struct Team {
    server: TestServer,
    alice: Headless,
    bob: Headless,
    folders: [tempfile::TempDir; 2],
}

impl Team {
    async fn meet(server: TestServer) -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let alice = Headless::start(folders[0].path(), KeySource::None).await;
        let bob = Headless::start(folders[1].path(), KeySource::None).await;
        for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
            app.register(&server.addresses().http.to_string(), name).await;
            app.until("being online", Screen::is_online).await;
            done(app, Command::OpenChat { chat_id: ChatId::general() }).await;
        }
        Self { server, alice, bob, folders }
    }
}

async fn done(app: &Headless, command: Command) {
    assert_eq!(app.ask(command).await, CommandReply::Ok { body: ReplyBody::Done });
}

/// Picks a file with this content.
async fn pick(app: &Headless, name: &str, bytes: &[u8]) -> (tempfile::TempDir, FileId) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let picked = app.pick(&[path]).await;
    (folder, picked[0].file_id.clone())
}

/// The picture of the one who wrote a message.
fn face(screen: &Screen, id: &MessageId) -> Option<FileId> {
    screen.message(id).and_then(|row| row.author.avatar.clone())
}

/// Bob sees alice's picture at what she said, also in a chat that is new to him, and still when the server is gone.
async fn bob_sees_alices_picture_offline_too(mut team: Team) {
    let id = team.alice.send(&ChatId::general(), "Привет!").await;
    team.bob.until("what alice says", |screen| screen.message(&id).is_some()).await;
    let (_kept, picture) = pick(&team.alice, "avatar.webp", DOT).await;
    done(&team.alice, Command::SetAvatar { chat_id: None, file_id: Some(picture.clone()) }).await;
    team.alice.until("the own picture at once", |screen| face(screen, &id).as_ref() == Some(&picture)).await;
    team.bob.until("alice's picture", |screen| face(screen, &id).as_ref() == Some(&picture)).await;
    assert_eq!(team.bob.load_id(&picture).await.unwrap(), DOT);

    team.server.stop().await;
    drop(team.bob);
    let bob = Headless::start(team.folders[1].path(), KeySource::None).await;
    done(&bob, Command::OpenChat { chat_id: ChatId::general() }).await;
    bob.until("alice's picture from the cache", |screen| face(screen, &id).as_ref() == Some(&picture)).await;
    assert_eq!(bob.load_id(&picture).await.unwrap(), DOT, "without any server");
}

/// What is no small picture stays what it was: the old one comes back.
async fn a_text_is_no_picture(team: Team) {
    let id = team.alice.send(&ChatId::general(), "Привет!").await;
    let (_kept, text) = pick(&team.alice, "avatar.webp", "не картинка".as_bytes()).await;
    done(&team.alice, Command::SetAvatar { chat_id: None, file_id: Some(text.clone()) }).await;
    let over = |screen: &Screen| screen.transfer(&text, Way::Up) == Some(TransferState::Gone);
    team.alice.until("the refusal", |screen| over(screen) && face(screen, &id).is_none()).await;
    assert!(matches!(team.bob.load_id(&text).await, Err(Failure::Refused { .. })));
}

/// A voice message carries how long it is and how it sounds, and is played from what arrives.
async fn bob_hears_what_alice_said(team: Team) {
    let voice = [b"OggS\0\x02".as_slice(), &[7; 4_000]].concat();
    let (_kept, file_id) = pick(&team.alice, "Голосовое сообщение.ogg", &voice).await;
    let about = About { duration_ms: Some(4_200), waveform: Some("AH//gA==".to_owned()), ..About::default() };
    let files = vec![SendFile { file_id, mime_type: "audio/ogg".to_owned(), about: about.clone() }];
    let local_id = new_local_id();
    let (draft, mentions) = (Draft { text: String::new(), reply_to: None }, Vec::new());
    done(
        &team.alice,
        Command::SendFiles { chat_id: ChatId::general(), local_id, draft, mentions, thread: None, files },
    )
    .await;
    let id = MessageId::from(local_id);
    team.bob.until("the voice", |screen| screen.message(&id).is_some_and(|row| !row.attachments.is_empty())).await;
    let heard = team.bob.look(|screen| screen.message(&id).unwrap().attachments[0].clone());
    assert_eq!((heard.about, heard.file.mime_type.as_str()), (about, "audio/ogg"));
    assert_eq!(team.bob.load_id(&heard.file.id).await.unwrap(), voice);
    let said = team.bob.look(|screen| screen.chats[0].last_text.clone());
    assert_eq!(said, "Голосовое сообщение", "in the list of chats, without an ending");
}

/// Alice, who runs the server, brings a cat; bob sees it, says it, and still has it when the server is gone.
async fn the_teams_own_cat_is_everyones(mut team: Team) {
    let (_kept, file_id) = pick(&team.alice, "cat.webp", DOT).await;
    let emoji = NewEmoji {
        name: "котик".to_owned(), file_id: file_id.clone(), sticker: true, pack: "Коты".to_owned()
    };
    done(&team.alice, Command::AddEmoji { emoji }).await;
    team.bob.until("the cat", |screen| screen.team_emoji.contains_key("котик")).await;
    assert_eq!(team.bob.load_id(&file_id).await.unwrap(), DOT);
    let id = team.bob.send(&ChatId::general(), ":котик:").await;
    team.alice.until("bob's cat", |screen| screen.message(&id).is_some()).await;
    let (_kept, his) = pick(&team.bob, "dog.webp", DOT).await;
    let dog = NewEmoji { name: "пёс".to_owned(), file_id: his, sticker: false, pack: String::new() };
    let refused = Failure::Refused { code: protocol::ErrorCode::Forbidden };
    assert_eq!(team.bob.ask(Command::AddEmoji { emoji: dog }).await, CommandReply::Failed { failure: refused });

    team.server.stop().await;
    drop(team.bob);
    let bob = Headless::start(team.folders[1].path(), KeySource::None).await;
    bob.until("the cat from the cache", |screen| screen.team_emoji.contains_key("котик")).await;
    assert_eq!(bob.load_id(&file_id).await.unwrap(), DOT, "without any server");
}

macro_rules! on_both_databases {
    ($($name:ident)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(Team::meet(TestServer::start().await).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                match TestDb::postgres() {
                    Some(db) => super::$name(Team::meet(TestServer::start_on(db).await).await).await,
                    None => sql::testing::cluster::say_none(),
                }
            }
        }
    )*};
}

on_both_databases! {
    bob_sees_alices_picture_offline_too
    a_text_is_no_picture
    bob_hears_what_alice_said
    the_teams_own_cat_is_everyones
}
