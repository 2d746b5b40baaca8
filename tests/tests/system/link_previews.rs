//! Previews of links through the real server and two whole apps. A site on this machine stands for the Internet.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::Html;
use axum::routing::get;
use client::KeySource;
use protocol::{ChatId, MessageId};
use server::previews::{PreviewsConfig, Reach, Resolve, Resolving};
use testkit::{Headless, Screen, TestDb, TestServer};
use view::{Attachment, Command, LinkPreview};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

struct TestNames;

impl Resolve for TestNames {
    fn resolve(&self, host: &str) -> Resolving {
        let found = match host {
            "site.test" => Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]),
            _ => Err(io::ErrorKind::NotFound.into()),
        };
        Box::pin(async move { found })
    }
}

/// A site with one page and its picture; counts who looks at the page.
async fn site() -> (u16, Arc<AtomicUsize>) {
    let looks = Arc::new(AtomicUsize::new(0));
    let counted = looks.clone();
    let page = move || async move {
        counted.fetch_add(1, Ordering::SeqCst);
        Html("<title>Море</title><meta name=description content='О море'><meta property=og:image content=sea.png>")
    };
    let router = Router::new()
        .route("/sea", get(page))
        .route("/sea.png", get(|| async { ([(CONTENT_TYPE, "image/png")], PNG) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let port = listener.local_addr().expect("a listener has an address").port();
    tokio::spawn(async move { axum::serve(listener, router).await.expect("the site is served") });
    (port, looks)
}

fn preview(screen: &Screen, id: &MessageId) -> Option<LinkPreview> {
    screen.message(id).and_then(|row| row.preview.clone())
}

async fn a_preview_reaches_the_other_app(db: Option<TestDb>) {
    let (port, looks) = site().await;
    let server = TestServer::start_with(db, |config| {
        let reach = Reach::PublicAndThisHost;
        config.previews =
            PreviewsConfig { ports: vec![port], resolver: Arc::new(TestNames), reach, ..PreviewsConfig::usual() };
    })
    .await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let alice = Headless::start(folders[0].path(), KeySource::None).await;
    let bob = Headless::start(folders[1].path(), KeySource::None).await;
    for (app, name) in [(&alice, "alice"), (&bob, "bob")] {
        app.register(&server.addresses().http.to_string(), name).await;
        app.until("being online", Screen::is_online).await;
        app.command(Command::OpenChat { chat_id: ChatId::general() });
    }
    let link = format!("http://site.test:{port}/sea");
    let said = alice.send(&ChatId::general(), &format!("Смотри: {link}")).await;
    for app in [&alice, &bob] {
        app.until("the preview", |screen| preview(screen, &said).is_some()).await;
    }
    let seen = bob.look(|screen| preview(screen, &said)).unwrap();
    assert_eq!((seen.url, seen.title.as_str(), seen.description.as_str()), (link.clone(), "Море", "О море"));
    let picture = Attachment { file: seen.image.expect("its picture"), about: view::About::default() };
    assert_eq!(bob.load(&picture).await, PNG);

    alice.command(Command::RemovePreview { chat_id: ChatId::general(), message_id: said.clone() });
    bob.until("the preview to go", |screen| preview(screen, &said).is_none()).await;
    // Whoever wants none has none; those of others go on.
    alice.command(Command::Keep { key: view::NO_PREVIEWS.to_owned(), value: Some("true".to_owned()) });
    let quiet = alice.send(&ChatId::general(), &format!("{link}?quiet")).await;
    bob.until("the message", |screen| screen.message(&quiet).is_some()).await;
    let loud = bob.send(&ChatId::general(), &link).await;
    alice.until("bob's preview", |screen| preview(screen, &loud).is_some()).await;
    assert_eq!((bob.look(|screen| preview(screen, &quiet)), looks.load(Ordering::SeqCst)), (None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_links_preview_reaches_the_other_app_until_its_writer_takes_it_away_sqlite() {
    a_preview_reaches_the_other_app(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_links_preview_reaches_the_other_app_until_its_writer_takes_it_away_postgres() {
    match TestDb::postgres() {
        Some(db) => a_preview_reaches_the_other_app(Some(db)).await,
        None => sql::testing::cluster::say_none(),
    }
}
