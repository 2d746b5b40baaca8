//! Previews of links in an encrypted chat, end to end: two whole client apps on the real server, on both databases. A site on this
//! machine stands for the Internet, and counts who calls it.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use client::{KeySource, PreviewsConfig};
use protocol::preview::is_small_picture;
use protocol::{ChatId, MessageId};
use server::previews::{Reach, Resolve, Resolving};
use testkit::{Headless, Screen, ServerProcess, TestDb, files_in, rows_of};
use view::{About, Attachment, Command, DeviceStanding, LinkPreview, MessageContent};

use crate::encrypted::done;
use crate::nothing_readable::{Traces, memory_of};

/// Black and white, 320 by 200.
const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x01@\x00\x00\x00\xc8\x01\x00\x00\x00\x00\xb1\x7f\x05\x06\x00\x00\x004IDATx\xda\xed\xca!\x01\x00\x00\x0c\x020\xfa\xa7%\x02\x15./6\xbd\xf4(\xa2(\x8a\xa2(\x8a\xa2(\x8a\xa2(\x8a\xa2(\x8a\xa2(\x8a\xa2(\x8a\xa2(~\x8f\x03\xcf\xb8M\xb4\xa4-8\x11\x00\x00\x00\x00IEND\xaeB`\x82";
/// Of all that must not be read. What is said where the server may read begins with the other.
const SECRET: &str = "тайна-сапфир";
const OPEN: &str = "известно-сапфир";
const HOST: &str = "sapphire-site.test";

struct TestNames;

impl Resolve for TestNames {
    fn resolve(&self, host: &str) -> Resolving {
        let found = match host {
            HOST => Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]),
            _ => Err(io::ErrorKind::NotFound.into()),
        };
        Box::pin(async move { found })
    }
}

/// A site with a page and its picture; counts who looks at them.
struct Site {
    port: u16,
    pages: Arc<AtomicUsize>,
    pictures: Arc<AtomicUsize>,
}

impl Site {
    async fn open() -> Self {
        let (pages, pictures) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (page_asked, picture_asked) = (pages.clone(), pictures.clone());
        let page = move || async move {
            page_asked.fetch_add(1, Ordering::SeqCst);
            Html(format!(
                "<title>{SECRET} на странице</title><meta name=description content='{SECRET} словами'>
                 <meta property=og:image content=sea.png><meta property=og:site_name content='{SECRET} как сайт'>"
            ))
        };
        let picture = move || async move {
            picture_asked.fetch_add(1, Ordering::SeqCst);
            ([(CONTENT_TYPE, "image/png")], PNG)
        };
        let router = Router::new().route("/sea", get(page)).route("/sea.png", get(picture));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("a listener has an address").port();
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the site is served") });
        Self { port, pages, pictures }
    }

    fn asked(&self) -> (usize, usize) {
        (self.pages.load(Ordering::SeqCst), self.pictures.load(Ordering::SeqCst))
    }

    /// How an app looks at it: with all patience, so that a busy machine changes nothing.
    fn previews(&self) -> PreviewsConfig {
        let (resolver, reach) = (Arc::new(TestNames), Reach::PublicAndThisHost);
        PreviewsConfig {
            ports: vec![self.port],
            resolver,
            reach,
            deadline: Duration::from_secs(60),
            ..PreviewsConfig::hasty()
        }
    }
}

fn preview(screen: &Screen, id: &MessageId) -> Option<LinkPreview> {
    screen.message(id).and_then(|row| row.preview.clone())
}

fn says(screen: &Screen, id: &MessageId, text: &str) -> bool {
    let says = |content: &MessageContent| matches!(content, MessageContent::Text { text: said } if said == text);
    screen.message(id).is_some_and(|row| row.seq > 0 && says(&row.content))
}

async fn picture(app: &Headless, preview: &LinkPreview) -> Vec<u8> {
    let file = preview.image.clone().expect("its picture");
    app.load(&Attachment { file, about: About::default() }).await
}

/// Alice and bob, both looking at their private chat.
async fn meet(server: &ServerProcess, site: &Site, folder: &std::path::Path) -> ([Headless; 2], ChatId) {
    let alice = Headless::start_with(&folder.join("alice"), KeySource::None, site.previews()).await;
    let bob = Headless::start_with(&folder.join("bob"), KeySource::None, site.previews()).await;
    let mut ids = Vec::new();
    for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
        app.register(&server.addresses.http.to_string(), name).await;
        app.until("a device", |screen| screen.is_online() && screen.standing == DeviceStanding::Ready).await;
        ids.push(app.look(|screen| match &screen.stage {
            Some(view::Stage::Ready { me }) => me.person.id,
            other => panic!("{other:?}"),
        }));
    }
    let chat = ChatId::private(ids[0], ids[1]);
    for (app, other) in [(&alice, 1), (&bob, 0)] {
        done(app, Command::OpenPrivate { user_id: ids[other] }).await;
        app.until("the chat", |screen| screen.chats.iter().any(|row| row.id == chat && row.encrypted)).await;
        done(app, Command::OpenChat { chat_id: chat.clone() }).await;
    }
    ([alice, bob], chat)
}

async fn a_preview_travels_sealed_and_only_its_senders_device_calls_the_site(db: Option<TestDb>) {
    let site = Site::open().await;
    let (data, people) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = tempfile::NamedTempFile::new().unwrap();
    let server =
        ServerProcess::start_talkative(data.path(), db.as_ref().and_then(TestDb::server_url), log.reopen().unwrap());
    let ([alice, bob], chat) = meet(&server, &site, people.path()).await;

    let link = format!("http://{HOST}:{}/sea", site.port);
    let text = format!("Смотри: {link}");
    let said = alice.send(&chat, &text).await;
    for app in [&alice, &bob] {
        app.until("the preview", |screen| preview(screen, &said).is_some()).await;
    }
    let (hers, his) = (alice.look(|screen| preview(screen, &said)), bob.look(|screen| preview(screen, &said)));
    assert_eq!(hers, his);
    let seen = his.unwrap();
    assert_eq!((seen.url.as_str(), seen.title), (link.as_str(), format!("{SECRET} на странице")));
    assert_eq!((seen.description, seen.site_name), (format!("{SECRET} словами"), format!("{SECRET} как сайт")));
    let seen = bob.look(|screen| preview(screen, &said)).unwrap();
    let small = picture(&bob, &seen).await;
    assert!(is_small_picture(&small), "{} bytes", small.len());
    assert_eq!(picture(&alice, &seen).await, small);
    assert_eq!(site.asked(), (1, 1), "one device looked, once");

    // Taken away, for both; the words stay.
    done(&alice, Command::RemovePreview { chat_id: chat.clone(), message_id: said.clone() }).await;
    bob.until("the preview to go", |screen| preview(screen, &said).is_none() && says(screen, &said, &text)).await;
    // Whoever wants none looks at none; those of others go on.
    done(&alice, Command::Keep { key: view::NO_SEALED_PREVIEWS.to_owned(), value: Some("true".to_owned()) }).await;
    let quiet = format!("{link}?quiet");
    let id = alice.send(&chat, &quiet).await;
    bob.until("the message", |screen| says(screen, &id, &quiet)).await;
    assert_eq!((bob.look(|screen| preview(screen, &id)), site.asked()), (None, (1, 1)));
    let loud = bob.send(&chat, &link).await;
    alice.until("bob's preview", |screen| preview(screen, &loud).is_some()).await;
    assert_eq!(site.asked(), (2, 2));

    // What may be read is found, and nothing of the rest.
    let open = alice.send(&ChatId::general(), OPEN).await;
    done(&bob, Command::OpenChat { chat_id: ChatId::general() }).await;
    bob.until("it", |screen| says(screen, &open, OPEN)).await;
    let mut kept = match &db {
        Some(db) => rows_of(db).await,
        None => Vec::new(),
    };
    files_in(data.path(), &mut kept);
    let (memory, log) = (memory_of(server.pid()), std::fs::read(log.path()).unwrap());
    assert!(
        Traces::of(OPEN).are_in(&kept) && memchr::memmem::find(&log, b"TRACE").is_some(),
        "the search itself works"
    );
    for secret in [SECRET, HOST] {
        for (place, bytes) in [("database and files", &kept), ("log", &log), ("memory", &memory)] {
            assert!(!Traces::of(secret).are_in(bytes), "{secret} in its {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_travels_sealed_and_only_its_senders_device_calls_the_site_on_sqlite() {
    a_preview_travels_sealed_and_only_its_senders_device_calls_the_site(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_travels_sealed_and_only_its_senders_device_calls_the_site_on_postgres() {
    match TestDb::postgres() {
        Some(db) => a_preview_travels_sealed_and_only_its_senders_device_calls_the_site(Some(db)).await,
        None => sql::testing::cluster::say_none(),
    }
}
