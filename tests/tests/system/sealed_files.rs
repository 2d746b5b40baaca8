//! Files in private chats, end to end: whole client apps on the real server, on both databases. The bytes arrive as they were,
//! and neither the server's disk nor its database holds any of them, or their names.

use std::path::{Path, PathBuf};

use client::KeySource;
use protocol::{About, Attachment, ChatId, ErrorCode, MessageId};
use testkit::{Headless, Proxy, Screen, ServerProcess, TestDb, TestServer, new_local_id};
use view::{Command, DeviceStanding, Draft, Failure, SendFile, TransferState, Way};

use crate::encrypted::{Pair, code, done, on_both_databases};
use crate::files::{Carrier, MIB, SERVER_STEP, fill, same};

const WORDS: &[u8] = b"what-only-two-should-read ";

/// A file of so many bytes that says the same again and again.
fn write(folder: &Path, name: &str, bytes: usize) -> (PathBuf, Vec<u8>) {
    let path = folder.join(name);
    let content: Vec<u8> = WORDS.iter().copied().cycle().take(bytes).collect();
    std::fs::write(&path, &content).unwrap();
    (path, content)
}

/// The files of a message, once it is there and opened.
async fn files_of(app: &Headless, id: &MessageId) -> Vec<Attachment> {
    let found = |screen: &Screen| {
        let row = screen.message(id)?;
        (row.seq > 0 && !row.attachments.is_empty()).then(|| row.attachments.clone())
    };
    app.until("a message with files", |screen| found(screen).is_some()).await;
    app.look(found).unwrap()
}

/// Sends a picture with a small one of it, as the page does.
async fn send_picture(app: &Headless, chat_id: &ChatId, large: &Path, small: &Path) -> MessageId {
    let picked = app.pick(&[large.to_owned(), small.to_owned()]).await;
    let about = About {
        width: Some(640),
        height: Some(480),
        thumbhash: Some("c2VjcmV0aGFzaA".to_owned()),
        thumbnail_id: Some(picked[1].file_id.clone()),
        ..About::default()
    };
    let files =
        vec![SendFile { file_id: picked[0].file_id.clone(), mime_type: "image/x-secret-kind".to_owned(), about }];
    let local_id = new_local_id();
    let draft = Draft { text: String::new(), reply_to: None };
    let send = Command::SendFiles { chat_id: chat_id.clone(), local_id, draft, mentions: vec![], thread: None, files };
    done(app, send).await;
    MessageId::from(local_id)
}

on_both_databases! {
    async fn a_picture_in_a_private_chat_arrives_as_it_was_and_the_server_keeps_none_of_it(pair: &mut Pair) {
        let folder = tempfile::tempdir().unwrap();
        let open = folder.path().join("open-to-all.txt");
        std::fs::write(&open, "everybody-may-read-this".repeat(100)).unwrap();
        let (large, content) = write(folder.path(), "тайник-у-фонтана.png", 3 * 1024 * 1024 + 77);
        let (small, miniature) = write(folder.path(), "small-secret.webp", 5_000);
        let (empty, _) = write(folder.path(), "пусто.txt", 0);
        let general = pair.alice.send_files(&ChatId::general(), "", &[open]).await;
        done(&pair.bob, Command::OpenChat { chat_id: ChatId::general() }).await;
        files_of(&pair.bob, &general).await;
        done(&pair.bob, Command::OpenChat { chat_id: pair.chat.clone() }).await;

        let id = send_picture(&pair.alice, &pair.chat, &large, &small).await;
        let files = files_of(&pair.bob, &id).await;
        let [file] = &files[..] else { panic!("{files:?}") };
        assert_eq!((file.file.name.as_str(), file.file.size), ("тайник-у-фонтана.png", content.len() as u64));
        assert_eq!(file.file.mime_type, "image/x-secret-kind");
        assert_eq!((file.about.width, file.about.height), (Some(640), Some(480)));
        assert!(pair.bob.load(file).await == content, "what he sees is not what she sent");
        let small_id = file.about.thumbnail_id.clone().unwrap();
        assert!(pair.bob.load_id(&small_id).await.unwrap() == miniature);
        // A second time it comes from the cache, which is his own.
        assert!(pair.bob.load_id(&small_id).await.unwrap() == miniature);
        let place = folder.path().join("saved.png");
        pair.bob.save_whole(file, &place).await;
        assert!(same(&large, &place), "what he saved is not what she sent");
        let id = pair.bob.send_files(&pair.chat, "и пустой", &[empty]).await;
        let files = files_of(&pair.alice, &id).await;
        assert_eq!((pair.alice.load(&files[0]).await, files[0].file.size), (Vec::new(), 0));

        let kept = pair.server.everything_kept().await;
        let holds = |part: &[u8]| {
            let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
            let there = |part: &[u8]| memchr::memmem::find(&kept, part).is_some();
            there(part) || there(hex.as_bytes())
        };
        for control in ["open-to-all", "everybody-may-read-this", file.file.id.as_str()] {
            assert!(holds(control.as_bytes()), "the search itself works: {control}");
        }
        assert!(!holds(WORDS), "the content");
        for secret in ["тайник", "пусто.txt", "small-secret", "x-secret-kind", "c2VjcmV0aGFzaA"] {
            assert!(!holds(secret.as_bytes()), "{secret}");
        }
    }

    async fn files_go_along_when_they_are_forwarded_out_of_a_private_chat_and_into_one(pair: &mut Pair) {
        let folder = tempfile::tempdir().unwrap();
        let general = ChatId::general();
        let (path, content) = write(folder.path(), "наружу.bin", 5 * 1024 * 1024 + 3);
        let id = pair.alice.send_files(&pair.chat, "", &[path]).await;
        let sealed = files_of(&pair.bob, &id).await;
        let forward = |from: &ChatId, id: &MessageId, to: &ChatId| Command::Forward {
            chat_id: from.clone(), message_ids: vec![id.clone()], to: vec![to.clone()],
        };
        done(&pair.bob, forward(&pair.chat, &id, &general)).await;
        done(&pair.alice, Command::OpenChat { chat_id: general.clone() }).await;
        let there = |screen: &Screen| {
            screen.timeline.iter().find(|row| row.seq > 0 && !row.attachments.is_empty()).cloned()
        };
        pair.alice.until("the forwarded file", |screen| there(screen).is_some()).await;
        let row = pair.alice.look(there).unwrap();
        let outside = &row.attachments[0];
        assert!(outside.file.id != sealed[0].file.id && !outside.file.encrypted);
        assert_eq!((outside.file.name.as_str(), row.forwarded.unwrap().author.username.as_str()), ("наружу.bin", "alice"));
        assert!(pair.alice.load(outside).await == content, "what all read is not what she sent");

        // And back in, where it is sealed anew.
        done(&pair.alice, forward(&general, &row.id, &pair.chat)).await;
        let back = |screen: &Screen| {
            screen.timeline.iter().filter(|row| row.seq > 0).find(|row| row.forwarded.is_some()).cloned()
        };
        pair.bob.until("the file that came back", |screen| back(screen).is_some()).await;
        let inside = pair.bob.look(back).unwrap().attachments[0].clone();
        assert!(inside.file.encrypted && inside.file.id != outside.file.id);
        assert!(pair.bob.load(&inside).await == content, "what came back is not what she sent");
    }

    async fn a_device_that_is_confirmed_later_opens_a_file_of_before(pair: &mut Pair) {
        let folder = tempfile::tempdir().unwrap();
        let (path, content) = write(folder.path(), "раньше.bin", 400_000);
        let id = pair.bob.send_files(&pair.chat, "до всего", &[path]).await;
        files_of(&pair.alice, &id).await;
        let elsewhere = pair.alice_elsewhere().await;
        let code = code(&pair.alice, Command::MakeLinkCode).await;
        let settings = view::ChatSettings { marked_unread: true, ..view::ChatSettings::default() };
        done(&pair.alice, Command::SetChatSettings { chat_id: ChatId::general(), settings }).await;
        elsewhere.until("own data", |screen| {
            screen.chats.iter().any(|chat| chat.id == ChatId::general() && chat.settings.marked_unread)
        }).await;
        done(&elsewhere, Command::EnterCode { code }).await;
        elsewhere.until("being confirmed", |screen| screen.standing == DeviceStanding::Ready).await;
        done(&elsewhere, Command::OpenChat { chat_id: pair.chat.clone() }).await;
        let files = files_of(&elsewhere, &id).await;
        assert!(elsewhere.load(&files[0]).await == content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_on_the_server_is_refused_and_not_shown() {
    let pair = Pair::meet(TestServer::start().await).await;
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = write(folder.path(), "важное.bin", 900_000);
    let id = pair.alice.send_files(&pair.chat, "", &[path]).await;
    let file = files_of(&pair.bob, &id).await.remove(0);
    let lies = largest(&pair.server.folder().join("files").join("content"));
    let mut bytes = std::fs::read(&lies).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&lies, &bytes).unwrap();
    let tampered = Failure::Refused { code: ErrorCode::ChecksumMismatch };
    assert_eq!(pair.bob.load_id(&file.file.id).await, Err(tampered));
    let place = folder.path().join("saved.bin");
    pair.bob.save(&file, &place);
    let failed = |screen: &Screen| {
        screen.transfer(&file.file.id, Way::Down) == Some(TransferState::Failed { failure: tampered })
    };
    pair.bob.until("the refusal", failed).await;
    assert!(!place.exists());
}

/// The largest file below a folder.
fn largest(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    let mut all = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let about = entry.metadata().unwrap();
            if about.is_dir() { folders.push(entry.path()) } else { all.push((about.len(), entry.path())) }
        }
    }
    all.into_iter().max().expect("something was uploaded").1
}

async fn an_upload_goes_on(db: Option<TestDb>) {
    let url = db.as_ref().and_then(TestDb::server_url);
    let folder = tempfile::tempdir().unwrap();
    let (data, profile) = (folder.path().join("server"), folder.path().join("alice"));
    let file = folder.path().join("film.bin");
    fill(&file, 48 * MIB);
    let mut server = ServerProcess::start(&data, url);
    let proxy = Proxy::to(server.addresses.http).await;
    let address = proxy.address.to_string();
    let bob_folder = tempfile::tempdir().unwrap();
    let bob = Headless::start(bob_folder.path(), KeySource::None).await;
    bob.register(&address, "bob").await;
    bob.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
    let person = bob.look(|screen| match &screen.stage {
        Some(view::Stage::Ready { me }) => me.person.id,
        other => panic!("{other:?}"),
    });

    proxy.hold_after(20 * MIB as u32);
    let send = ["send", file.to_str().unwrap(), &person.0.to_string()];
    let app = Carrier::start(&profile, &address, "alice", &send);
    app.moved(18 * MIB);
    app.kill();
    proxy.flow();
    proxy.hold_after(12 * MIB as u32);
    let app = Carrier::start(&profile, &address, "alice", &["go-on"]);
    let first = app.moved(26 * MIB);
    assert!(first >= SERVER_STEP, "it began anew: at {first}");
    server.kill();
    server = ServerProcess::start(&data, url);
    proxy.point_to(server.addresses.http);
    proxy.flow();
    app.done(testkit::DEADLINE);

    let private = |screen: &Screen| {
        screen.chats.iter().find(|chat| chat.id.private_members().is_some()).map(|chat| chat.id.clone())
    };
    bob.until("the private chat", |screen| private(screen).is_some()).await;
    let chat_id = bob.look(private).unwrap();
    done(&bob, Command::OpenChat { chat_id }).await;
    let file_of = |screen: &Screen| screen.timeline.iter().find_map(|row| row.attachments.first().cloned());
    bob.until("alice's file", |screen| file_of(screen).is_some()).await;
    let attachment = bob.look(file_of).unwrap();
    assert_eq!(attachment.file.name, "film.bin");
    let place = folder.path().join("bob's film.bin");
    // A download whose wire is cut goes on as well.
    bob.save(&attachment, &place);
    proxy.cut();
    proxy.mend();
    let whole = |screen: &Screen| screen.transfer(&attachment.file.id, Way::Down) == Some(TransferState::Done);
    bob.until("the saved file", whole).await;
    assert!(same(&file, &place), "what arrived is not what was sent");
    assert_eq!(bob.look(|screen| screen.timeline.iter().filter(|row| !row.attachments.is_empty()).count()), 1, "once");
    app.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_upload_goes_on_after_the_app_and_the_server_were_killed_sqlite() {
    an_upload_goes_on(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_upload_goes_on_after_the_app_and_the_server_were_killed_postgres() {
    match TestDb::postgres() {
        Some(db) => an_upload_goes_on(Some(db)).await,
        None => sql::testing::cluster::say_none(),
    }
}
