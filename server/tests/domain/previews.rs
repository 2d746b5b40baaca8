//! Previews of links: whose message gets one, who sees its picture, and who does without.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use protocol::frame::{EditMessage, Event, FileRef, ListFiles, MessageRef, PostMessage, PutItem, Reply, Request};
use protocol::preview::NO_PREVIEWS;
use protocol::{ChatId, ErrorCode, LinkPreview, Message, MessageId, Row};
use server::domain::SERVER;
use server::domain::previews::SEEN_MS;
use server::files::FilesConfig;
use server::previews::{PreviewsConfig, Reach, Resolve, Resolving};
use server::state::Settings;

use crate::support::{Person, Team, local_id, text};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// `*.test` is this machine; there is nothing else.
struct TestNames;

impl Resolve for TestNames {
    fn resolve(&self, host: &str) -> Resolving {
        let known = host.ends_with(".test");
        let found = if known { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) } else { Err(io::ErrorKind::NotFound.into()) };
        Box::pin(async move { found })
    }
}

/// A site that counts who looks at its pages.
struct Site {
    port: u16,
    looks: Arc<AtomicUsize>,
}

impl Site {
    async fn open() -> Self {
        let looks = Arc::new(AtomicUsize::new(0));
        let counted = looks.clone();
        let page = move |title: &'static str| {
            let counted = counted.clone();
            get(move || async move {
                counted.fetch_add(1, Ordering::SeqCst);
                Html(format!("<title>{title}</title><meta property=og:image content=/sea.png>"))
            })
        };
        let router = Router::new()
            .route("/sea", page("Море"))
            .route("/hill", page("Холм"))
            .route("/sea.png", get(|| async { ([(CONTENT_TYPE, "image/png")], PNG) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { port, looks }
    }

    fn link(&self, page: &str) -> String {
        format!("http://site.test:{}/{page}", self.port)
    }

    fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }
}

/// A team whose server looks at links, with the folder of its files.
async fn team(db: sql::Db, site: &Site, on: bool) -> (Team, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let previews = PreviewsConfig {
        on,
        ports: vec![site.port],
        resolver: Arc::new(TestNames),
        reach: Reach::PublicAndThisHost,
        ..PreviewsConfig::usual()
    };
    let files = FilesConfig { folder: folder.path().to_owned(), ..FilesConfig::default() };
    (Team::with(db, Settings { previews, files, ..Settings::default() }).await, folder)
}

impl Person {
    /// Waits until a message's row comes with what `pick` takes.
    async fn hear_row<T>(&mut self, id: &MessageId, mut pick: impl FnMut(&Message) -> Option<T>) -> T {
        self.hear(|event| match event {
            Event::RowChanged { row: Row::Message(message), .. } if message.id == *id => pick(message),
            _ => None,
        })
        .await
    }

    async fn hear_preview(&mut self, id: &MessageId) -> LinkPreview {
        self.hear_row(id, |message| message.preview.as_deref().cloned()).await
    }

    async fn edit(&self, chat: &ChatId, id: &MessageId, content: String) {
        let (chat_id, message_id) = (chat.clone(), id.clone());
        self.ask(Request::EditMessage(EditMessage {
            chat_id,
            message_id,
            content,
            mentions: vec![],
            encrypt_for_recipients: false,
        }))
        .await
        .unwrap();
    }
}

fn of(chat: &ChatId, id: &MessageId) -> MessageRef {
    MessageRef { chat_id: chat.clone(), message_id: id.clone() }
}

/// How many links wait to be looked at.
async fn waiting(team: &Team) -> i64 {
    let count =
        |cx: &mut server::domain::Cx<'_, '_>| Ok(cx.tx.one("SELECT count(*) FROM link_jobs", &[], |row| row.int(0))?);
    team.app.read(SERVER, count).await.unwrap()
}

async fn may_read(person: &Person, preview: &LinkPreview) -> bool {
    let file_id = preview.image.as_ref().unwrap().id.clone();
    person.ask(Request::GetFile(FileRef { file_id })).await.is_ok()
}

sql::each_db! {
    async fn a_link_gets_its_preview_as_a_change_and_its_picture_is_the_chats(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, true).await;
        let (alice, mut bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id]).await;
        let said = alice.post(&chat, &format!("смотри: {}.", site.link("sea"))).await;
        let first = bob.hear(|event| match event {
            Event::NewMessage { message, .. } if message.id == said.message_id => Some(message.clone()),
            _ => None,
        }).await;
        assert_eq!(first.preview, None, "nobody waits for another's site");
        let preview = bob.hear_preview(&said.message_id).await;
        assert_eq!((preview.url.as_str(), preview.title.as_str(), preview.site_name.as_str()), (site.link("sea").as_str(), "Море", "site.test"));
        let now = bob.message(&chat, said.seq).await;
        assert_eq!((now.preview.as_deref(), now.edited_at), (Some(&preview), None), "history says the same");
        assert!(now.rev > said.rev);
        assert!(may_read(&bob, &preview).await && !may_read(&carol, &preview).await);
        let files = ListFiles { chat_id: chat.clone(), before_seq: None, limit: None };
        match bob.ask(Request::ListFiles(files)).await.unwrap() {
            Reply::Files(page) => assert!(page.messages.is_empty(), "it is no file of the chat"),
            other => panic!("{other:?}"),
        }
        assert_eq!(waiting(&team).await, 0);
    }

    async fn a_link_is_looked_at_once_a_day(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, true).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        for (looks, pass) in [(1, 0), (1, 0), (2, SEEN_MS + 1)] {
            team.advance(pass);
            let said = alice.post(&chat, &site.link("sea")).await;
            bob.hear_preview(&said.message_id).await;
            assert_eq!(site.looks(), looks);
        }
    }

    async fn its_writer_alone_takes_a_preview_away_and_only_another_link_brings_one_back(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, true).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let said = alice.post(&chat, &site.link("sea")).await;
        let id = said.message_id.clone();
        let preview = bob.hear_preview(&id).await;
        assert_eq!(bob.refused(Request::RemovePreview(of(&chat, &id))).await, ErrorCode::Forbidden);
        alice.ask(Request::RemovePreview(of(&chat, &id))).await.unwrap();
        bob.hear_row(&id, |message| message.preview.is_none().then_some(())).await;
        assert!(!may_read(&bob, &preview).await, "the picture goes with it");
        let rev = bob.message(&chat, said.seq).await.rev;
        alice.ask(Request::RemovePreview(of(&chat, &id))).await.unwrap();
        assert_eq!(bob.message(&chat, said.seq).await.rev, rev, "taken away twice is taken away");

        alice.edit(&chat, &id, format!("{} (исправлено)", site.link("sea"))).await;
        assert_eq!(waiting(&team).await, 0, "the same link");
        alice.edit(&chat, &id, format!("лучше {}", site.link("hill"))).await;
        assert_eq!(bob.hear_preview(&id).await.title, "Холм");
        alice.edit(&chat, &id, "без ссылки".to_owned()).await;
        let without = bob.hear_row(&id, |message| (message.content == "без ссылки").then(|| message.preview.clone())).await;
        assert_eq!(without, None);
        alice.ask(Request::DeleteMessage(of(&chat, &id))).await.unwrap();
    }

    async fn a_deleted_message_leaves_no_preview_and_a_forwarded_one_keeps_it(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, true).await;
        let (alice, mut bob, carol) = (team.person("alice").await, team.person("bob").await, team.person("carol").await);
        let chat = alice.group(&[bob.id]).await;
        let said = alice.post(&chat, &site.link("sea")).await;
        let preview = bob.hear_preview(&said.message_id).await;
        let there = bob.private(carol.id).await;
        let forward_of = Some(of(&chat, &said.message_id));
        let again = bob.post_as(local_id(), PostMessage { forward_of, ..text(&there, &site.link("sea")) }).await;
        alice.ask(Request::DeleteMessage(of(&chat, &said.message_id))).await.unwrap();
        assert_eq!(bob.message(&chat, said.seq).await.preview, None);
        assert_eq!(carol.message(&there, again.seq).await.preview.as_deref(), Some(&preview));
        assert!(may_read(&carol, &preview).await && !may_read(&alice, &preview).await);
        assert_eq!(site.looks(), 1);
    }

    async fn links_of_those_who_want_none_and_sealed_messages_are_not_looked_at(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, true).await;
        let (alice, mut bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let switch = |value: Option<&str>| Request::PutItem(PutItem { key: NO_PREVIEWS.to_owned(), value: value.map(str::to_owned) });
        alice.ask(switch(Some("true"))).await.unwrap();
        alice.post(&chat, &site.link("hill")).await;
        alice.post_as(local_id(), PostMessage { encrypt_for_recipients: true, ..text(&chat, &site.link("hill")) }).await;
        for quiet in [format!("`{}`", site.link("hill")), format!("<{}>", site.link("hill"))] {
            bob.post(&chat, &quiet).await;
        }
        assert_eq!(waiting(&team).await, 0);
        alice.ask(switch(None)).await.unwrap();
        let said = alice.post(&chat, &site.link("sea")).await;
        bob.hear_preview(&said.message_id).await;
        assert_eq!(site.looks(), 1);
    }

    async fn what_was_noted_before_a_restart_is_looked_at_after_it(db: sql::Db) {
        let site = Site::open().await;
        // Noted, and no chance to look: nobody told the server that there is something.
        let (before, _folder) = team(db.clone(), &site, true).await;
        let (alice, bob) = (before.person("alice").await, before.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let body = text(&chat, &site.link("sea"));
        let post = before.app.write(alice.id, move |cx| server::domain::messages::append(cx, Some(local_id()), &body));
        let said = post.await.unwrap();
        assert_eq!(waiting(&before).await, 1);
        let bob_id = bob.id;
        drop((alice, bob, before));
        let (after, _other_folder) = team(db, &site, true).await;
        let mut bob = after.online(bob_id).await;
        let title = match bob.message(&chat, said.seq).await.preview {
            Some(preview) => preview.title,
            None => bob.hear_preview(&said.message_id).await.title,
        };
        assert_eq!((title.as_str(), site.looks()), ("Море", 1));
    }

    async fn a_server_with_previews_off_looks_at_nothing(db: sql::Db) {
        let site = Site::open().await;
        let (team, _folder) = team(db, &site, false).await;
        let (alice, bob) = (team.person("alice").await, team.person("bob").await);
        let chat = alice.group(&[bob.id]).await;
        let said = alice.post(&chat, &site.link("sea")).await;
        let cleared = async {
            while waiting(&team).await > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), cleared).await.unwrap();
        assert_eq!((bob.message(&chat, said.seq).await.preview, site.looks()), (None, 0));
    }
}
