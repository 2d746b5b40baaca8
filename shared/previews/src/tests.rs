//! What fetching must not do, against real servers on this machine: 127.0.0.1 stands for the Internet, 127.0.0.2 for a machine that
//! no link may reach.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use bytes::Bytes;
use tokio::net::TcpListener;

use super::{Fetcher, NoPreview, Reach, Resolve, Resolving, Seen};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// Counts who calls.
#[derive(Clone, Default)]
struct Called(Arc<AtomicUsize>);

impl Called {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::SeqCst);
    }
}

/// A machine that must not be called: counts connections, before any request.
async fn private_machine(port: u16) -> Called {
    let listener = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
    let called = Called::default();
    let counting = called.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counting.add(1);
        }
    });
    called
}

/// A site on the Internet, and its port.
async fn site(router: Router) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

/// Names that always mean the same.
struct Names(HashMap<&'static str, Vec<IpAddr>>);

impl Resolve for Names {
    fn resolve(&self, host: &str) -> Resolving {
        let found = self.0.get(host).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        Box::pin(async move { found })
    }
}

/// A name whose owner answers differently each time; the last answer stays.
struct Turns(Vec<&'static str>, AtomicUsize);

impl Resolve for Turns {
    fn resolve(&self, _host: &str) -> Resolving {
        let turn = self.1.fetch_add(1, Ordering::SeqCst).min(self.0.len() - 1);
        let address = self.0[turn].parse().unwrap();
        Box::pin(async move { Ok(vec![address]) })
    }
}

fn names(names: &[(&'static str, &[&str])]) -> Arc<Names> {
    let parsed = |addresses: &[&str]| addresses.iter().map(|a| a.parse().unwrap()).collect();
    Arc::new(Names(names.iter().map(|(name, addresses)| (*name, parsed(addresses))).collect()))
}

fn fetcher(port: u16, resolver: Arc<dyn Resolve>) -> Fetcher {
    let reach = Reach::PublicAndThisHost;
    Fetcher { ports: vec![port], resolver, reach, deadline: Duration::from_secs(20), trust: || None }
}

/// The site of these tests: a page, its picture, and ways elsewhere. `{PORT}` in a redirect is its own port.
fn pages(called: Called) -> Router {
    let page = |called: State<Called>, headers: HeaderMap| async move {
        called.add(1);
        assert!(headers.get("cookie").is_none() && headers.get("referer").is_none());
        assert!(headers["user-agent"].to_str().unwrap().contains("HybridMessenger"));
        Html("<title>Море</title><meta property=og:image content='/sea.png'><meta name=description content='О море'>")
    };
    let to = |headers: HeaderMap, Path((status, target)): Path<(u16, String)>| async move {
        let port = headers["host"].to_str().unwrap().rsplit(':').next().unwrap().to_owned();
        let target = target.replace("PORT", &port).replace("--", "//");
        (StatusCode::from_u16(status).unwrap(), [(LOCATION, target)])
    };
    let endless = |called: State<Called>| async move {
        let chunk = Bytes::from_static(&[b' '; 16 * 1024]);
        let chunks = futures_util::stream::repeat_with(move || {
            called.add(chunk.len());
            Ok::<_, io::Error>(chunk.clone())
        });
        Response::builder().header(CONTENT_TYPE, "text/html").body(Body::from_stream(chunks)).unwrap()
    };
    Router::new()
        .route("/sea", get(page))
        .route("/sea.png", get(|| async { ([(CONTENT_TYPE, "image/png")], PNG) }))
        .route("/to/{status}/{*target}", get(to))
        .route("/endless", get(endless))
        .route("/large.png", get(|| async { ([(CONTENT_TYPE, "image/png")], [PNG, &vec![0; 5 << 20]].concat()) }))
        .route("/fake.png", get(|| async { ([(CONTENT_TYPE, "image/png")], "<svg onload=alert(1)>") }))
        .route("/data.json", get(|| async { ([(CONTENT_TYPE, "application/json")], "<title>no</title>") }))
        .route("/silent", get(|| async { std::future::pending::<()>().await }))
        .route("/untitled", get(|| async { Html("<p>nothing") }))
        .route(
            "/cyrillic",
            get(|| async {
                let title = encoding_rs::WINDOWS_1251.encode("<title>Привет</title>").0.into_owned();
                ([(CONTENT_TYPE, "text/html; charset=windows-1251")], title).into_response()
            }),
        )
        .route(
            "/said",
            get(|| async {
                let page = "<meta charset=\"koi8-r\"><title>Привет</title>";
                ([(CONTENT_TYPE, "text/html")], encoding_rs::KOI8_R.encode(page).0.into_owned()).into_response()
            }),
        )
        .with_state(called)
}

#[tokio::test]
async fn a_page_is_seen_with_its_title_words_and_picture() {
    let port = site(pages(Called::default())).await;
    let fetcher = fetcher(port, names(&[("sea.test", &["127.0.0.1"])]));
    let seen = fetcher.look(&format!("http://sea.test:{port}/sea#top")).await.unwrap();
    let expected = Seen {
        title: "Море".to_owned(),
        description: "О море".to_owned(),
        site_name: "sea.test".to_owned(),
        image: Some(Bytes::from_static(PNG)),
    };
    assert_eq!(seen, expected);
    for page in ["cyrillic", "said"] {
        assert_eq!(fetcher.look(&format!("http://sea.test:{port}/{page}")).await.unwrap().title, "Привет");
    }
    let picture = fetcher.look(&format!("http://sea.test:{port}/sea.png")).await.unwrap();
    assert_eq!((picture.title.as_str(), picture.image.as_deref()), ("sea.png", Some(PNG)), "a picture shows itself");
    let moved = fetcher.look(&format!("http://sea.test:{port}/to/302/--sea.test:PORT/sea")).await.unwrap();
    assert_eq!(moved.title, "Море", "a redirect among public addresses is followed");
}

#[tokio::test]
async fn no_forbidden_address_is_called_however_it_is_spelled() {
    let port = site(pages(Called::default())).await;
    let private = private_machine(port).await;
    let fetcher = fetcher(port, names(&[("inside.test", &["127.0.0.2"])]));
    let hosts = [
        "127.0.0.2",
        "2130706434",
        "0x7f000002",
        "0x7f.0.0.2",
        "0177.0.0.2",
        "127.2",
        "127.0.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "１２７.0.0.2",
        "127。0。0。2",
        "inside.test",
        "0.0.0.0",
        "0",
        "[::]",
        "[::1]",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[2002:7f00:2::]",
        "[2001::1]",
    ];
    for host in hosts {
        let refused = fetcher.look(&format!("http://{host}:{port}/sea")).await.unwrap_err();
        assert!(matches!(refused, NoPreview::Forbidden), "{host}: {refused}");
    }
    assert_eq!(private.count(), 0);
    let strict = Fetcher { reach: Reach::Public, ..fetcher.clone() };
    let refused = strict.look(&format!("http://127.0.0.1:{port}/sea")).await.unwrap_err();
    assert!(matches!(refused, NoPreview::Forbidden), "as a server is set up");
    // The control: that machine is there, and would have been called.
    drop(tokio::net::TcpStream::connect(SocketAddr::from(([127, 0, 0, 2], port))).await.unwrap());
}

#[tokio::test]
async fn a_name_with_one_forbidden_address_among_public_ones_is_not_called() {
    let port = site(pages(Called::default())).await;
    let private = private_machine(port).await;
    let fetcher = fetcher(port, names(&[("mixed.test", &["127.0.0.1", "127.0.0.2"]), ("nothing.test", &[])]));
    let refused = fetcher.look(&format!("http://mixed.test:{port}/sea")).await.unwrap_err();
    assert!(matches!(refused, NoPreview::Forbidden), "{refused}");
    for unknown in ["nothing.test", "unknown.test"] {
        let refused = fetcher.look(&format!("http://{unknown}:{port}/sea")).await.unwrap_err();
        assert!(matches!(refused, NoPreview::Unknown), "{refused}");
    }
    assert_eq!(private.count(), 0);
}

#[tokio::test]
async fn a_redirect_leads_to_no_forbidden_place() {
    let port = site(pages(Called::default())).await;
    let private = private_machine(port).await;
    let known: &[(&str, &[&str])] = &[("sea.test", &["127.0.0.1"]), ("inside.test", &["127.0.0.2"])];
    let fetcher = fetcher(port, names(known));
    let targets = [
        "--127.0.0.2:PORT/",
        "http:--127.0.0.2:PORT/sea",
        "http:--inside.test:PORT/",
        "http:--[::ffff:127.0.0.2]:PORT/",
        "http:--2130706434:PORT/",
        "http:--169.254.169.254:PORT/latest/meta-data",
        "http:--[::1]:PORT/",
    ];
    for status in [301, 302, 303, 307, 308] {
        for target in targets {
            let refused = fetcher.look(&format!("http://sea.test:{port}/to/{status}/{target}")).await.unwrap_err();
            assert!(matches!(refused, NoPreview::Forbidden), "{status} {target}: {refused}");
        }
    }
    for target in [
        "file:--/etc/passwd",
        "ftp:--sea.test/",
        "gopher:--sea.test/",
        "http:--sea.test:22/",
        "http:--a:b@sea.test:PORT/sea",
    ] {
        let refused = fetcher.look(&format!("http://sea.test:{port}/to/302/{target}")).await.unwrap_err();
        assert!(matches!(refused, NoPreview::Address), "{target}: {refused}");
    }
    assert_eq!(private.count(), 0);
}

#[tokio::test]
async fn a_name_that_is_bound_anew_after_the_check_leads_nowhere_else() {
    let called = Called::default();
    let port = site(pages(called.clone())).await;
    let private = private_machine(port).await;
    // Public when it is checked, private ever after: the checked address is the one that is called, and the picture of the
    // page, which asks for the name once more, is not fetched.
    let rebinding = Arc::new(Turns(vec!["127.0.0.1", "127.0.0.2"], AtomicUsize::new(0)));
    let seen = fetcher(port, rebinding.clone()).look(&format!("http://rebind.test:{port}/sea")).await.unwrap();
    assert_eq!((seen.title.as_str(), seen.image), ("Море", None));
    assert_eq!((called.count(), rebinding.1.load(Ordering::SeqCst)), (1, 2), "each connection resolves once");
    // The same by a redirect to the own name.
    let rebinding = Arc::new(Turns(vec!["127.0.0.1", "127.0.0.2"], AtomicUsize::new(0)));
    let link = format!("http://rebind.test:{port}/to/302/--rebind.test:PORT/sea");
    let refused = fetcher(port, rebinding).look(&link).await.unwrap_err();
    assert!(matches!(refused, NoPreview::Forbidden), "{refused}");
    assert_eq!(private.count(), 0);
}

#[tokio::test]
async fn only_plain_web_addresses_on_the_allowed_ports_are_asked() {
    let port = site(pages(Called::default())).await;
    let fetcher = fetcher(port, names(&[("sea.test", &["127.0.0.1"])]));
    let odd = [
        "ftp://sea.test/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "javascript:alert(1)".to_owned(),
        "http://".to_owned(),
        "no address".to_owned(),
        "http://sea.test/".to_owned(),
        "https://sea.test/".to_owned(),
        format!("http://user@sea.test:{port}/sea"),
        format!("http://user:word@sea.test:{port}/sea"),
    ];
    for link in odd {
        let refused = fetcher.look(&link).await.unwrap_err();
        assert!(matches!(refused, NoPreview::Address), "{link}: {refused}");
    }
}

#[tokio::test]
async fn what_is_endless_large_or_silent_is_left() {
    let called = Called::default();
    let port = site(pages(called.clone())).await;
    let fetcher = fetcher(port, names(&[("sea.test", &["127.0.0.1"])]));
    let look = |path: &str| {
        let (fetcher, link) = (fetcher.clone(), format!("http://sea.test:{port}/{path}"));
        async move { fetcher.look(&link).await.unwrap_err() }
    };
    assert!(matches!(look("endless").await, NoPreview::Nothing));
    assert!(called.count() < 64 << 20, "{} bytes of an endless page", called.count());
    let circle = "to/302/".repeat(30) + "sea";
    assert!(matches!(look(&circle).await, NoPreview::Redirects | NoPreview::Status(_)));
    for content in ["large.png", "fake.png", "data.json"] {
        assert!(matches!(look(content).await, NoPreview::Content), "{content}");
    }
    assert!(matches!(look("untitled").await, NoPreview::Nothing));
    assert!(matches!(look("missing").await, NoPreview::Status(StatusCode::NOT_FOUND)));
    let hasty = Fetcher { deadline: Duration::from_millis(200), ..fetcher.clone() };
    assert!(matches!(hasty.look(&format!("http://sea.test:{port}/silent")).await, Err(NoPreview::TooSlow)));
}
