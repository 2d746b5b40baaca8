//! The end of the process while somebody writes.

use std::process::Command;

use sql::{Error, Store, StoreKey, StoreLocation, params};

const FOLDER: &str = "HYBRID_TEST_EXIT_FOLDER";
const KEY: StoreKey = StoreKey([9; 32]);
/// Each ends at another moment of a write.
const TIMES: u32 = 40;

fn location(folder: &str) -> StoreLocation {
    StoreLocation::File(format!("{folder}/store.db"))
}

/// The process that is started below.
fn writes_until_it_ends(folder: &str) {
    let mut store = Store::open(&location(folder), Some(&KEY)).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for n in 0_i64.. {
            let done = store.write(|tx| -> Result<(), Error> {
                tx.batch("CREATE TABLE IF NOT EXISTS notes (n BIGINT NOT NULL, body TEXT NOT NULL)")?;
                for part in 0..20 {
                    tx.execute("INSERT INTO notes (n, body) VALUES (?1, ?2)", params![n, "x".repeat(100 * part)])?;
                }
                Ok(())
            });
            done.unwrap();
            let _ = tell.send(());
        }
    });
    // After that it is somewhere in the next ones.
    told.iter().take(3).for_each(drop);
    std::process::exit(0);
}

#[test]
fn a_process_that_ends_while_a_thread_writes_leaves_a_store_that_opens_whole() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return writes_until_it_ends(&folder);
    }
    for _ in 0..TIMES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "exit::a_process_that_ends_while_a_thread_writes_leaves_a_store_that_opens_whole"])
            .env(FOLDER, &path)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{ended:?}");
        let mut store = Store::open(&location(&path), Some(&KEY)).unwrap();
        let (notes, damage) = store
            .read(|tx| -> Result<_, Error> {
                let notes = tx.one("SELECT count(*) FROM notes", &[], |row| row.int(0))?;
                let damage = tx.rows("PRAGMA cipher_integrity_check", &[], |row| row.text(0))?;
                Ok((notes, damage))
            })
            .unwrap();
        assert!(notes >= 60 && notes % 20 == 0, "{notes}");
        assert_eq!(damage, Vec::<String>::new());
    }
}
