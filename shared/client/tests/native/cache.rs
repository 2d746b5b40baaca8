//! The cache on disk: whose it is, what it shows without its key, and who may have it open.

use client::{KeySource, StartError};
use sql::{Store, StoreKey, StoreLocation};
use view::{Command, Failure, Stage};

use crate::person::Person;
use crate::team::Team;

fn unlock(passphrase: &str) -> Command {
    Command::Unlock { passphrase: passphrase.to_owned() }
}

#[test]
fn the_cache_shows_nothing_and_does_not_open_without_its_key() {
    let (team, folder) = (Team::open(), tempfile::tempdir().unwrap());
    let key = crypto::Key::random().unwrap();
    let alice = Person::start(folder.path(), KeySource::Raw(key.clone())).unwrap();
    alice.register(&team.address(), "alice");
    alice.open();
    let said: Vec<String> = (0..100).map(|n| format!("тайна номер {n} plaintext")).collect();
    said.iter().for_each(|text| alice.say(text));
    alice.reads(&said[99]);

    // While it is open, with its journal.
    for file in ["cache.db", "cache.db-wal"] {
        let bytes = std::fs::read(folder.path().join(file)).unwrap();
        assert!(!bytes.starts_with(b"SQLite format 3"), "{file}");
        for text in said.iter().map(String::as_str).chain(["alice", "general", "plaintext"]) {
            assert!(memchr::memmem::find(&bytes, text.as_bytes()).is_none(), "{text:?} stands in {file}");
        }
    }
    drop(alice);
    let path = folder.path().join("cache.db").to_str().unwrap().to_owned();
    let open = |key: Option<StoreKey>| Store::open(&StoreLocation::File(path.clone()), key.as_ref());
    assert!(matches!(open(None), Err(sql::Error::WrongKey)));
    assert!(matches!(open(Some(StoreKey([1; 32]))), Err(sql::Error::WrongKey)));
    assert!(open(Some(StoreKey(*key.bytes()))).is_ok());

    let alice = Person::start(folder.path(), KeySource::Raw(key)).unwrap();
    alice.open();
    alice.reads(&said[99]);
}

#[test]
fn a_lost_key_costs_the_cache_but_neither_the_start_nor_the_file() {
    let (team, folder) = (Team::open(), tempfile::tempdir().unwrap());
    let alice = Person::start(folder.path(), KeySource::Raw(crypto::Key::random().unwrap())).unwrap();
    alice.register(&team.address(), "alice");
    drop(alice);
    let alice = Person::start(folder.path(), KeySource::Raw(crypto::Key::random().unwrap())).unwrap();
    assert!(matches!(alice.stage(), Stage::Welcome { .. }));
    let aside = std::fs::read_dir(folder.path()).unwrap().filter_map(Result::ok);
    assert_eq!(aside.filter(|f| f.file_name().to_string_lossy().starts_with("unreadable-")).count(), 1);
}

#[test]
fn a_passphrase_is_made_once_and_wanted_at_each_start() {
    let (team, folder) = (Team::open(), tempfile::tempdir().unwrap());
    let alice = Person::start(folder.path(), KeySource::Passphrase).unwrap();
    assert_eq!(alice.stage(), Stage::Locked { new: true, lock: false });
    assert_eq!(alice.failure(Command::ListPeople { query: String::new() }), Failure::WrongPassphrase);
    alice.ok(unlock("двенадцать слонов"));
    alice.wait("the welcome screen", |shown| {
        shown.iter().any(|u| matches!(u, view::Update::Stage { stage: Stage::Welcome { .. } })).then_some(())
    });
    alice.register(&team.address(), "alice");
    drop(alice);

    let alice = Person::start(folder.path(), KeySource::Passphrase).unwrap();
    assert_eq!(alice.stage(), Stage::Locked { new: false, lock: false });
    assert_eq!(alice.failure(unlock("тринадцать слонов")), Failure::WrongPassphrase);
    alice.ok(unlock("двенадцать слонов"));
    alice.online();
}

#[test]
fn a_profile_is_open_in_one_instance_only() {
    let folder = tempfile::tempdir().unwrap();
    let first = Person::start(folder.path(), KeySource::None).unwrap();
    assert!(matches!(Person::start(folder.path(), KeySource::None), Err(StartError::InUse)));
    drop(first);
    assert!(Person::start(folder.path(), KeySource::None).is_ok());
}
