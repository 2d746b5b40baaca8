//! Power goes at any moment: what was acknowledged is there afterwards. kill -9 would not show it, because the system's
//! cache outlives a process; so this runs on a disk that drops what was not synced.

use std::sync::{Arc, Mutex};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sql::{Db, DbConfig, DbUrl, Error, Store, StoreKey, StoreLocation, params};

use crate::power_disk::PowerDisk;

const INSERT: &str = "INSERT INTO log (id, body) VALUES (?1, ?2)";
/// A small log, so that power also goes while it is copied back.
const SMALL_LOG: &str = "PRAGMA wal_autocheckpoint = 20";

fn config(path: impl Into<std::path::PathBuf>) -> DbConfig {
    DbConfig { url: DbUrl::Sqlite(path.into()), readers: 1 }
}

/// Four senders write until the power goes; returns how many acknowledged rows there were and how many of them are gone.
async fn acknowledged_and_lost(seed: u64, open: fn(&DbConfig) -> Result<Db, Error>) -> (usize, usize) {
    let mut rng = StdRng::seed_from_u64(seed);
    let disk = PowerDisk::new(rng.random_range(30..1_500));
    let db = open(&config(disk.uri())).unwrap();
    let made = db.write(|tx| tx.batch("CREATE TABLE log (id BIGINT PRIMARY KEY, body BLOB NOT NULL)")).await.is_ok()
        && db.write(|tx| tx.rows(SMALL_LOG, &[], |_| Ok(()))).await.is_ok();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let senders: Vec<_> = (0..4i64)
        .map(|sender| {
            let (db, acknowledged) = (db.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                for id in (sender..).step_by(4) {
                    if db.write(move |tx| tx.execute(INSERT, params![id, vec![7u8; 900]])).await.is_err() {
                        return;
                    }
                    acknowledged.lock().unwrap().push(id);
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    db.close().await;
    assert!(disk.is_cut(), "the senders stop only when the power goes");
    // Of what was not synced: nothing, everything, or some.
    let share = [0.0, 1.0, 0.5, 0.9][rng.random_range(0..4)];
    let (_folder, path) = disk.recovered(|| rng.random_bool(share));
    let db = open(&config(&path)).unwrap();
    let check = db.read(|tx| tx.one("PRAGMA integrity_check", &[], |row| row.text(0))).await;
    assert_eq!(check.unwrap_or_else(|e: Error| panic!("seed {seed}: {e}")), "ok", "seed {seed}");
    let there = db.read(|tx| tx.rows("SELECT id FROM log", &[], |row| row.int(0))).await;
    let there = if made { there.unwrap_or_else(|e: Error| panic!("seed {seed}: {e}")) } else { Vec::new() };
    let acknowledged = acknowledged.lock().unwrap();
    (acknowledged.len(), acknowledged.iter().filter(|id| !there.contains(id)).count())
}

async fn many(open: fn(&DbConfig) -> Result<Db, Error>) -> (usize, usize) {
    let (mut acknowledged, mut lost) = (0, 0);
    for seed in 0..60 {
        let (more, gone) = acknowledged_and_lost(seed, open).await;
        acknowledged += more;
        lost += gone;
    }
    (acknowledged, lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_row_is_lost_when_the_power_goes() {
    let (acknowledged, lost) = many(Db::open).await;
    assert!(acknowledged > 5_000, "{acknowledged} rows are too few to prove anything");
    assert_eq!(lost, 0, "of {acknowledged} acknowledged");
}

/// The control: the same test finds the loss when commits are not synced.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_durability_is_caught_by_the_same_test() {
    let (acknowledged, lost) = many(sql::testing::open_without_durability).await;
    assert!(lost > 0, "nothing was lost of {acknowledged}: the disk of this test drops nothing");
}

#[test]
fn the_client_s_encrypted_store_survives_the_same() {
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(seed);
        let disk = PowerDisk::new(rng.random_range(30..600));
        let key = StoreKey([9; 32]);
        let mut acknowledged = Vec::new();
        let mut write = || -> Result<(), Error> {
            let mut store = Store::open(&StoreLocation::File(disk.uri()), Some(&key))?;
            store.write(|tx| tx.batch("CREATE TABLE log (id BIGINT PRIMARY KEY, body BLOB NOT NULL)"))?;
            store.read(|tx| tx.rows(SMALL_LOG, &[], |_| Ok(())))?;
            for id in 0i64.. {
                store.write(|tx| tx.execute(INSERT, params![id, vec![7u8; 900]]))?;
                acknowledged.push(id);
            }
            Ok(())
        };
        write().unwrap_err();
        assert!(disk.is_cut());
        let (_folder, path) = disk.recovered(|| rng.random_bool(0.5));
        let mut store = Store::open(&StoreLocation::File(path.display().to_string()), Some(&key)).unwrap();
        if acknowledged.is_empty() {
            continue;
        }
        let there = store.read(|tx| tx.rows("SELECT id FROM log ORDER BY id", &[], |row| row.int(0)));
        let there = there.unwrap_or_else(|e: Error| panic!("seed {seed}: {e}"));
        assert!(there.starts_with(&acknowledged) && there.len() <= acknowledged.len() + 1, "seed {seed}");
    }
}
