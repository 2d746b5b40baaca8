//! What there is to know about a chat, end to end: two whole client apps on the real server, on both databases.

use client::KeySource;
use protocol::{ChatId, ChatKind};
use testkit::{Headless, Screen, TestDb, TestServer};
use view::update::ReplyBody;
use view::{Command, CommandReply, SharedKind, SharedRow};

async fn person(server: &TestServer, folder: &std::path::Path, name: &str) -> Headless {
    let app = Headless::start(folder, KeySource::None).await;
    app.register(&server.addresses().http.to_string(), name).await;
    app.until("being online", Screen::is_online).await;
    app
}

async fn done(app: &Headless, command: Command) -> ReplyBody {
    let what = format!("{command:?}");
    match app.ask(command).await {
        CommandReply::Ok { body } => body,
        CommandReply::Failed { failure } => panic!("{what}: {failure:?}"),
    }
}

async fn shared(app: &Headless, what: SharedKind, server: bool) -> Vec<SharedRow> {
    let chat_id = ChatId::general();
    let command = match server {
        true => Command::FetchShared { chat_id, what, cursor: None },
        false => Command::ListShared { chat_id, what, cursor: None },
    };
    match done(app, command).await {
        ReplyBody::Shared { rows, .. } => rows,
        other => panic!("{other:?}"),
    }
}

/// Alice shares, says much more, and bob comes later; he finds what she shared on the server, and has it from then on.
async fn bob_finds_what_alice_shared_before_he_came(server: TestServer) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let alice = person(&server, folders[0].path(), "alice").await;
    let general = ChatId::general();
    alice.command(Command::OpenChat { chat_id: general.clone() });
    let path = folders[0].path().join("смета.txt");
    std::fs::write(&path, "сто рублей").unwrap();
    let file = alice.send_files(&general, "", &[path]).await;
    let link = alice.send(&general, "План зала: https://example.org/hall").await;
    let last = alice.send(&general, "и последнее").await;
    for n in 0..150 {
        alice.send(&general, &n.to_string()).await;
    }
    for id in [&file, &link, &last] {
        alice.until("it to be sent", |screen| screen.message(id).is_none_or(|row| row.seq > 0)).await;
    }
    let bob = person(&server, folders[1].path(), "bob").await;
    let found = shared(&bob, SharedKind::Files, true).await;
    assert_eq!(found.iter().map(|row| row.files[0].file.name.as_str()).collect::<Vec<_>>(), ["смета.txt"]);
    assert_eq!(bob.load(&found[0].files[0]).await, "сто рублей".as_bytes());
    let found = shared(&bob, SharedKind::Links, true).await;
    assert_eq!(found.iter().map(|row| row.text.as_str()).collect::<Vec<_>>(), ["План зала: https://example.org/hall"]);
    assert_eq!(found[0].author.username, "alice");
    assert_eq!(shared(&bob, SharedKind::Links, false).await, found);
    assert_eq!(shared(&bob, SharedKind::Files, false).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_finds_what_alice_shared_before_he_came_on_sqlite() {
    bob_finds_what_alice_shared_before_he_came(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_finds_what_alice_shared_before_he_came_on_postgres() {
    match TestDb::postgres() {
        Some(db) => bob_finds_what_alice_shared_before_he_came(TestServer::start_on(db).await).await,
        None => sql::testing::cluster::say_none(),
    }
}

/// Alice makes a link that asks first, bob uses it at his own app, and comes in once alice has said yes.
async fn bob_asks_by_alices_link_and_is_let_in(server: TestServer) {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let alice = person(&server, folders[0].path(), "alice").await;
    let bob = person(&server, folders[1].path(), "bob").await;
    let local_id = testkit::new_local_id();
    let chat_id = ChatId::from(local_id);
    let (kind, name, description) = (ChatKind::Group, "Планы".to_owned(), String::new());
    done(
        &alice,
        Command::CreateChat { local_id, kind, name, description, members: Vec::new(), public: false, encrypted: false },
    )
    .await;
    let wish = Command::CreateInvitation {
        chat_id: Some(chat_id.clone()),
        expires_in: Some(3_600),
        uses_max: Some(1),
        approval: true,
    };
    let ReplyBody::Invitation { link, uses_max: 1, approval: true, .. } = done(&alice, wish).await else {
        panic!("not the invitation that was asked for")
    };
    let asked = done(&bob, Command::AcceptInvitation { link: link.clone() }).await;
    assert_eq!(asked, ReplyBody::JoinRequested { title: "Планы".to_owned() });
    let row = |screen: &Screen| screen.chats.iter().find(|chat| chat.id == chat_id).cloned();
    alice.until("that someone waits", |screen| row(screen).is_some_and(|chat| chat.join_requests == 1)).await;
    let list = done(&alice, Command::ListJoinRequests { chat_id: chat_id.clone() }).await;
    let ReplyBody::JoinRequests { waiting } = list else { panic!("{list:?}") };
    assert_eq!(waiting[0].person.username, "bob");
    assert!(bob.look(row).is_none());
    let user_id = waiting[0].person.id;
    done(&alice, Command::AnswerJoin { chat_id: chat_id.clone(), user_id, accept: true }).await;
    bob.until("the chat", |screen| row(screen).is_some_and(|chat| chat.role.is_some())).await;
    alice.until("that nobody waits", |screen| row(screen).is_some_and(|chat| chat.join_requests == 0)).await;
    // He is in: the link uses nothing up, and leads there.
    assert_eq!(done(&bob, Command::AcceptInvitation { link }).await, ReplyBody::Chat { chat_id: chat_id.clone() });
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_asks_by_alices_link_and_is_let_in_on_sqlite() {
    bob_asks_by_alices_link_and_is_let_in(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bob_asks_by_alices_link_and_is_let_in_on_postgres() {
    match TestDb::postgres() {
        Some(db) => bob_asks_by_alices_link_and_is_let_in(TestServer::start_on(db).await).await,
        None => sql::testing::cluster::say_none(),
    }
}
