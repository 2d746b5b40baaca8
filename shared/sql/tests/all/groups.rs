//! What shares a commit: one job's failure is its own, order is kept, nothing ends the writer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sql::testing::TestDb;
use sql::{Again, Db, Error, Once, Tx, params};

async fn table(db: &Db) {
    db.write(|tx| tx.batch("CREATE TABLE log (id BIGINT PRIMARY KEY)")).await.unwrap();
}

async fn insert(db: &Db, id: i64) -> Result<u64, Error> {
    db.write(move |tx| tx.execute("INSERT INTO log (id) VALUES (?1)", params![id])).await
}

/// Takes the next place, as a post takes the next place of its chat, and logs its id.
fn take_place(tx: &mut Tx<'_>, id: i64) -> Result<i64, Error> {
    let sql = "INSERT INTO places (place, id) SELECT COALESCE(MAX(place), 0) + 1, ?1 FROM places RETURNING place";
    let place = tx.one(sql, params![id], |row| row.int(0))?;
    tx.execute("INSERT INTO log (id) VALUES (?1)", params![id])?;
    Ok(place)
}

async fn ids(db: &Db) -> Vec<i64> {
    db.read(|tx| tx.rows("SELECT id FROM log ORDER BY id", &[], |row| row.int(0)))
        .await
        .unwrap_or_else(|e: Error| panic!("{e}"))
}

/// Keeps the writer busy until told, so that what is called meanwhile becomes one group.
async fn hold(db: &Db) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), Error>>) {
    let (go, wait) = std::sync::mpsc::channel();
    let (tell, running) = tokio::sync::oneshot::channel();
    let db = db.clone();
    let held = tokio::spawn(async move {
        db.write(move |_| {
            tell.send(()).unwrap();
            wait.recv().unwrap();
            Ok(())
        })
        .await
    });
    running.await.unwrap();
    (go, held)
}

sql::each_db! {
    async fn a_job_that_fails_or_panics_undoes_only_itself(db: Db) {
        table(&db).await;
        let (go, held) = hold(&db).await;
        // Every kind of failure, at every place of a group: first, last, one after another.
        let calls: Vec<_> = (0..40i64).map(|id| {
            let db = db.clone();
            async move {
                db.write(move |tx| {
                    tx.execute("INSERT INTO log (id) VALUES (?1)", params![id])?;
                    match id % 8 {
                        0 | 1 => Err(Error::Bug("changed its mind".to_owned())),
                        3 => tx.execute("INSERT INTO log (id) VALUES (?1)", params![id]).map(|_| ()),
                        4 => panic!("a bug"),
                        6 => {
                            // Goes on after a failed statement as if nothing had happened.
                            let _ = tx.execute("INSERT INTO nothing VALUES (1)", &[]);
                            let _ = tx.execute("INSERT INTO log (id) VALUES (?1)", params![id + 1000]);
                            Ok(())
                        }
                        _ => Ok(()),
                    }
                }).await
            }
        }).collect();
        let running: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
        go.send(()).unwrap();
        held.await.unwrap().unwrap();
        let mut kept = Vec::new();
        for (id, call) in running.into_iter().enumerate() {
            if call.await.unwrap().is_ok() {
                kept.push(id as i64);
            }
        }
        assert_eq!(kept, (0..40).filter(|id| matches!(id % 8, 2 | 5 | 7)).collect::<Vec<i64>>());
        assert_eq!(ids(&db).await, kept);
    }

    /// Jobs that repeat have no savepoint: when one fails after it wrote, the others are undone with it and run again.
    async fn jobs_that_repeat_fail_alone_among_jobs_that_do_not(db: Db) {
        table(&db).await;
        db.write(|tx| tx.batch("CREATE TABLE places (place BIGINT PRIMARY KEY, id BIGINT NOT NULL)")).await.unwrap();
        for seed in 0..20u64 {
            db.write(|tx| tx.batch("DELETE FROM log; DELETE FROM places")).await.unwrap();
            let (go, held) = hold(&db).await;
            let (told, runs) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
            for id in 0..60i64 {
                // SplitMix64's last steps: every mixture of kinds and fates.
                let chance = (seed * 1_000 + id as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
                let (fate, repeats) = (chance % 12, !(chance / 12).is_multiple_of(4));
                let runs = Arc::clone(&runs);
                let work = move |tx: &mut Tx<'_>| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    if fate == 0 {
                        return Err(Error::Bug("refused before it wrote".to_owned()));
                    }
                    let place = take_place(tx, id)?;
                    match fate {
                        1 => Err(Error::Bug("changed its mind".to_owned())),
                        2 => tx.execute("INSERT INTO log (id) VALUES (?1)", params![id]).map(|_| place),
                        3 => panic!("a bug"),
                        _ => Ok(place),
                    }
                };
                let told = Arc::clone(&told);
                let finish = move |result: Result<i64, Error>| told.lock().unwrap().push((id, result.ok()));
                if repeats {
                    db.write_to(Again(work), finish);
                } else {
                    db.write_to(Once::new(work), finish);
                }
            }
            go.send(()).unwrap();
            held.await.unwrap().unwrap();
            // Behind all of them.
            db.write(|_| Ok::<_, Error>(())).await.unwrap();
            let told = std::mem::take(&mut *told.lock().unwrap());
            assert_eq!(told.iter().map(|(id, _)| *id).collect::<Vec<_>>(), (0..60).collect::<Vec<_>>(), "in order");
            let kept: Vec<(i64, i64)> = told.iter().filter_map(|(id, place)| Some((place.as_ref().copied()?, *id))).collect();
            let places = "SELECT place, id FROM places ORDER BY place";
            let stored = db.read(move |tx| tx.rows(places, &[], |row| Ok((row.int(0)?, row.int(1)?)))).await;
            assert_eq!(stored.unwrap_or_else(|e: Error| panic!("{e}")), kept, "seed {seed}: what was told is what is kept");
            assert_eq!(kept.iter().map(|(place, _)| *place).collect::<Vec<_>>(), (1..=kept.len() as i64).collect::<Vec<_>>());
            assert_eq!(ids(&db).await, kept.iter().map(|(_, id)| *id).collect::<Vec<_>>());
            assert!((60..=120).contains(&runs.load(Ordering::Relaxed)), "nothing runs more than twice");
        }
    }

    async fn what_follows_the_commit_runs_in_the_order_of_commits(db: Db) {
        table(&db).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let calls: Vec<_> = (0..500i64).map(|_| {
            let (db, seen) = (db.clone(), Arc::clone(&seen));
            tokio::spawn(async move {
                let (tell, told) = tokio::sync::oneshot::channel();
                db.write_to(
                    Once::new(|tx: &mut Tx<'_>| tx.one(
                        "INSERT INTO log (id) SELECT COALESCE(MAX(id), 0) + 1 FROM log RETURNING id", &[], |row| row.int(0)
                    )),
                    move |id: Result<i64, Error>| {
                        seen.lock().unwrap().push(id.unwrap());
                        tell.send(()).unwrap();
                    },
                );
                told.await.unwrap();
            })
        }).collect();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(*seen.lock().unwrap(), (1..=500).collect::<Vec<i64>>());
    }

    async fn a_panic_after_the_commit_ends_neither_the_writer_nor_a_later_job(db: Db) {
        table(&db).await;
        let first = |tx: &mut Tx<'_>| tx.execute("INSERT INTO log (id) VALUES (1)", &[]);
        db.write_to(Once::new(first), |_: Result<u64, Error>| panic!("a bug"));
        insert(&db, 2).await.unwrap();
        assert_eq!(ids(&db).await, [1, 2]);
    }

    async fn a_call_that_nobody_waits_for_is_done_all_the_same(db: Db) {
        table(&db).await;
        let (go, held) = hold(&db).await;
        let call = tokio::spawn({ let db = db.clone(); async move { insert(&db, 7).await } });
        while db.waiting().0 == 0 { tokio::task::yield_now().await; }
        call.abort();
        go.send(()).unwrap();
        held.await.unwrap().unwrap();
        insert(&db, 8).await.unwrap();
        assert_eq!(ids(&db).await, [7, 8]);
    }

    async fn closing_finishes_what_is_queued_and_refuses_what_comes_later(db: Db) {
        table(&db).await;
        let calls: Vec<_> = (0..100).map(|id| { let db = db.clone(); tokio::spawn(async move { insert(&db, id).await }) }).collect();
        let last = insert(&db, 100).await;
        db.close().await;
        last.unwrap();
        let mut kept = 1;
        for call in calls { kept += u64::from(call.await.unwrap().is_ok()); }
        assert!(kept >= 1);
        assert!(matches!(insert(&db, 101).await, Err(Error::Unavailable(_))));
    }

    async fn a_full_queue_refuses_at_once(db: Db) {
        table(&db).await;
        let (go, held) = hold(&db).await;
        while db.waiting().0 > 0 { tokio::task::yield_now().await; }
        let calls: Vec<_> = (0..sql::WRITE_QUEUE_JOBS_MAX as i64 + 10).map(|id| { let db = db.clone(); tokio::spawn(async move { insert(&db, id).await }) }).collect();
        while db.waiting().0 < sql::WRITE_QUEUE_JOBS_MAX { tokio::task::yield_now().await; }
        assert!(matches!(insert(&db, -1).await, Err(Error::Unavailable(_))));
        go.send(()).unwrap();
        held.await.unwrap().unwrap();
        let mut kept = 0;
        for call in calls { kept += usize::from(call.await.unwrap().is_ok()); }
        assert!(kept >= sql::WRITE_QUEUE_JOBS_MAX);
        assert_eq!(ids(&db).await.len(), kept);
    }
}

/// SQLite ends a transaction by itself when the disk is full: neither may earlier jobs of the group be called kept, nor
/// later ones run outside of a transaction.
#[tokio::test]
async fn a_full_disk_fails_the_whole_group_and_keeps_nothing_of_it() {
    let test = TestDb::sqlite();
    let db = test.open();
    table(&db).await;
    db.write(|tx| tx.batch("CREATE TABLE big (body BLOB)")).await.unwrap();
    insert(&db, 1).await.unwrap();
    db.write(|tx| tx.rows("PRAGMA max_page_count = 10", &[], |_| Ok(()))).await.unwrap();
    let (go, held) = hold(&db).await;
    let before = tokio::spawn({
        let db = db.clone();
        async move { insert(&db, 2).await }
    });
    while db.waiting().0 < 1 {
        tokio::task::yield_now().await;
    }
    let full = tokio::spawn({
        let db = db.clone();
        async move {
            db.write(|tx| {
                let first = tx.execute("INSERT INTO big (body) VALUES (zeroblob(1000000))", &[]);
                // The transaction is gone; were this to run, it would be committed at once on its own.
                let _ = tx.execute("INSERT INTO log (id) VALUES (3)", &[]);
                first
            })
            .await
        }
    });
    while db.waiting().0 < 2 {
        tokio::task::yield_now().await;
    }
    let after = tokio::spawn({
        let db = db.clone();
        async move { insert(&db, 4).await }
    });
    while db.waiting().0 < 3 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    let results = [held.await.unwrap().map(|()| 0), before.await.unwrap(), full.await.unwrap(), after.await.unwrap()];
    assert!(matches!(results[2], Err(Error::Disk(_))), "{results:?}");
    assert_eq!(ids(&db).await.contains(&2), results[1].is_ok(), "{results:?}");
    assert_eq!(ids(&db).await.contains(&4), results[3].is_ok(), "{results:?}");
    assert!(!ids(&db).await.contains(&3));
}

/// The server restarts, or an administrator ends the connections: the threads connect again by themselves.
#[test]
fn a_lost_connection_is_made_again() {
    let Some(test) = TestDb::postgres() else { return sql::testing::cluster::say_none() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = test.open();
        table(&db).await;
        insert(&db, 1).await.unwrap();
        let end_all = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
        // While idle: nobody notices.
        let other = test.open();
        other.write(move |tx| tx.rows(end_all, &[], |_| Ok(()))).await.unwrap_or_else(|e: Error| panic!("{e}"));
        insert(&db, 2).await.unwrap();
        assert_eq!(ids(&db).await, [1, 2]);
        // In mid-transaction: that job is refused as retryable and not kept; the next is served.
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let cut = tokio::spawn({ let db = db.clone(); async move {
            db.write(move |tx| {
                tx.execute("INSERT INTO log (id) VALUES (3)", &[])?;
                let _ = wait.recv();
                tx.execute("INSERT INTO log (id) VALUES (4)", &[])
            }).await
        }});
        // Its own statement counts: a reader that has not yet ended its transaction is idle in one as well.
        let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' \
                     AND query LIKE 'INSERT INTO log (id) VALUES (3)%'";
        while other.read(move |tx| tx.one(waits, &[], |row| row.int(0))).await.unwrap_or_else(|e: Error| panic!("{e}")) == 0 {}
        other.write(move |tx| tx.rows(end_all, &[], |_| Ok(()))).await.unwrap_or_else(|e: Error| panic!("{e}"));
        go.send(()).unwrap();
        assert!(cut.await.unwrap().unwrap_err().is_retryable());
        insert(&db, 5).await.unwrap();
        assert_eq!(ids(&db).await, [1, 2, 5]);
    });
}
