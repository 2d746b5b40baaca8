//! The client's cache on disk: unreadable without its key.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use client::KeySource;
use protocol::ChatId;
use sql::{Error, Store, StoreKey, StoreLocation};
use testkit::{Headless, TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_shows_none_of_a_hundred_known_texts_and_opens_with_its_key_only() {
    let server = TestServer::start().await;
    let profile = tempfile::tempdir().unwrap();
    let key = [42; 32];
    let app = Headless::start(profile.path(), KeySource::Raw(crypto::Key::from_bytes(key))).await;
    app.register(&server.addresses().http.to_string(), "alice").await;
    let texts: Vec<String> = (0..100).map(|n| format!("известный-text-{n:03}-quartz")).collect();
    let mut last = None;
    for text in &texts {
        last = Some(app.send(&ChatId::general(), text).await);
    }
    // On the server too, so that messages as received are in the cache and not only the outbox.
    let mut reader = testkit::Person::register(server.addresses(), testkit::Wire::WebSocket, "bob").await;
    while reader.history(&ChatId::general()).await.iter().all(|m| Some(&m.id) != last.as_ref()) {
        reader.hears(&texts[99]).await;
    }
    check_files(profile.path(), &texts);
    drop(app);
    let databases = check_files(profile.path(), &texts);
    assert!(!databases.is_empty(), "there is a cache");
    for database in databases {
        let location = StoreLocation::File(database.display().to_string());
        for wrong in [None, Some(&StoreKey([43; 32]))] {
            assert!(matches!(Store::open(&location, wrong), Err(Error::WrongKey)), "{}", database.display());
        }
    }
}

/// So many bytes at each place of a file decide whether a text may stand there.
const START: usize = 6;

/// Looks into every file for every text, its pieces and the names of tables; returns the databases.
fn check_files(folder: &Path, texts: &[String]) -> Vec<PathBuf> {
    let utf16 = texts.iter().map(|text| text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    let pieces = ["известн", "quartz", "CREATE TABLE", "SQLite format 3"].map(|piece| piece.as_bytes().to_vec());
    let mut needles: HashMap<Vec<u8>, Vec<Vec<u8>>> = HashMap::new();
    for needle in texts.iter().map(|text| text.clone().into_bytes()).chain(utf16).chain(pieces) {
        needles.entry(needle[..START].to_vec()).or_default().push(needle);
    }
    let (mut folders, mut databases, mut bytes_read) = (vec![folder.to_owned()], Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            bytes_read += bytes.len();
            for (at, start) in bytes.windows(START).enumerate() {
                let found = needles.get(start).into_iter().flatten().find(|needle| bytes[at..].starts_with(needle));
                assert_eq!(found, None, "{} holds it at {at}", path.display());
            }
            if path.extension().is_some_and(|extension| extension == "db") {
                databases.push(path);
            }
        }
    }
    assert!(bytes_read > 20_000, "only {bytes_read} bytes: the cache is elsewhere");
    databases
}
