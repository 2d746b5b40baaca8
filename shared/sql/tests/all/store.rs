//! A client's encrypted store.

use sql::{Error, Store, StoreKey, StoreLocation, params};

fn location(folder: &tempfile::TempDir) -> StoreLocation {
    StoreLocation::File(folder.path().join("store.db").display().to_string())
}

fn fill(store: &mut Store) {
    store
        .write(|tx| -> Result<(), Error> {
            tx.batch("CREATE TABLE notes (body TEXT NOT NULL)")?;
            for n in 0..100 {
                tx.execute("INSERT INTO notes (body) VALUES (?1)", params![format!("plaintext-{n}-Привет")])?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_store_opens_with_its_key_only() {
    let folder = tempfile::tempdir().unwrap();
    fill(&mut Store::open(&location(&folder), Some(&StoreKey([7; 32]))).unwrap());
    assert!(matches!(Store::open(&location(&folder), Some(&StoreKey([8; 32]))), Err(Error::WrongKey)));
    assert!(matches!(Store::open(&location(&folder), None), Err(Error::WrongKey)));
    let mut store = Store::open(&location(&folder), Some(&StoreKey([7; 32]))).unwrap();
    let notes = store.read(|tx| tx.one("SELECT COUNT(*) FROM notes", &[], |row| row.int(0)));
    assert_eq!(notes.unwrap_or_else(|e: Error| panic!("{e}")), 100);
}

#[test]
fn no_file_of_an_open_store_shows_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(&location(&folder), Some(&StoreKey([7; 32]))).unwrap();
    fill(&mut store);
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(bytes.len() > 10_000);
    for needle in [&b"plaintext-"[..], "Привет".as_bytes(), b"SQLite format 3", b"CREATE TABLE"] {
        assert!(memchr::memmem::find(&bytes, needle).is_none());
    }
    drop(store);
}

#[test]
fn a_transaction_that_fails_or_panics_leaves_nothing() {
    let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
    fill(&mut store);
    let gone = store.write(|tx| -> Result<(), Error> {
        tx.execute("DELETE FROM notes", &[])?;
        Err(Error::Bug("no".to_owned()))
    });
    gone.unwrap_err();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = store.write(|tx| -> Result<(), Error> {
            tx.execute("DELETE FROM notes", &[])?;
            panic!("a bug")
        });
    }));
    panicked.unwrap_err();
    let swallowed = store.write(|tx| -> Result<(), Error> {
        let _ = tx.execute("SELEC", &[]);
        let _ = tx.execute("DELETE FROM notes", &[]);
        Ok(())
    });
    swallowed.unwrap_err();
    store.read(|tx| tx.execute("DELETE FROM notes", &[])).unwrap();
    let notes = store.read(|tx| tx.one("SELECT COUNT(*) FROM notes", &[], |row| row.int(0)));
    assert_eq!(notes.unwrap_or_else(|e: Error| panic!("{e}")), 100);
}
