//! Schemas grow step by step and are never guessed.

use sql::{Db, Error, Migration, params};

const STEPS: &[Migration] = &[
    Migration::shared(
        1,
        "people",
        "CREATE TABLE people (id BIGINT /*identity*/ PRIMARY KEY, name TEXT NOT NULL UNIQUE) /*strict*/",
    ),
    Migration {
        version: 2,
        name: "pictures",
        shared: "ALTER TABLE people ADD COLUMN picture BYTEA",
        sqlite: "CREATE VIRTUAL TABLE words USING fts5(body)",
        postgres: "CREATE TABLE words (body TSVECTOR)",
    },
    Migration::shared(
        3,
        "ages",
        "ALTER TABLE people ADD COLUMN age BIGINT NOT NULL DEFAULT 0; CREATE INDEX by_age ON people (age)",
    ),
];

async fn schema(db: &Db) -> Vec<(i64, String)> {
    db.read(|tx| {
        tx.rows("SELECT version, name FROM schema_migrations ORDER BY version", &[], |row| {
            Ok((row.int(0)?, row.text(1)?))
        })
    })
    .await
    .unwrap_or_else(|e: Error| panic!("{e}"))
}

sql::each_db! {
    async fn an_empty_database_becomes_the_latest_and_stays_so(db: Db) {
        assert_eq!(db.migrate(STEPS).await.unwrap(), 3);
        assert_eq!(db.migrate(STEPS).await.unwrap(), 0);
        let id = db.write(|tx| tx.one("INSERT INTO people (name, picture, age) VALUES (?1, ?2, ?3) RETURNING id", params!["alice", vec![1u8], 30], |row| row.int(0))).await;
        assert_eq!(id.unwrap_or_else(|e: Error| panic!("{e}")), 1);
        assert_eq!(schema(&db).await, [(1, "people".to_owned()), (2, "pictures".to_owned()), (3, "ages".to_owned())]);
    }

    async fn every_older_version_becomes_the_latest_and_keeps_its_rows(db: Db) {
        for (old, steps) in [&STEPS[..1], &STEPS[..2], STEPS].into_iter().enumerate() {
            db.migrate(steps).await.unwrap();
            db.write(move |tx| tx.execute("INSERT INTO people (name) VALUES (?1)", params![format!("person {old}")])).await.unwrap();
        }
        let people = db.read(|tx| tx.one("SELECT COUNT(*) FROM people WHERE age = 0 AND picture IS NULL", &[], |row| row.int(0))).await;
        assert_eq!(people.unwrap_or_else(|e: Error| panic!("{e}")), 3);
    }

    async fn a_step_that_was_edited_after_it_ran_is_refused(db: Db) {
        const EDITED: &[Migration] = &[Migration::shared(1, "people", "CREATE TABLE people (id BIGINT PRIMARY KEY)"), STEPS[1]];
        db.migrate(&STEPS[..1]).await.unwrap();
        assert!(matches!(db.migrate(EDITED).await, Err(Error::Migration(_))));
        assert_eq!(schema(&db).await.len(), 1);
    }

    async fn a_database_of_a_newer_program_is_refused(db: Db) {
        db.migrate(STEPS).await.unwrap();
        assert!(matches!(db.migrate(&STEPS[..2]).await, Err(Error::Migration(_))));
    }

    async fn a_step_that_fails_leaves_the_schema_as_it_was(db: Db) {
        const BROKEN: &[Migration] = &[STEPS[0], STEPS[1], Migration::shared(3, "broken", "CREATE TABLE half (id BIGINT); SELEC")];
        db.migrate(&STEPS[..1]).await.unwrap();
        assert!(matches!(db.migrate(BROKEN).await, Err(Error::Bug(_))));
        assert_eq!(schema(&db).await.len(), 1);
        assert_eq!(db.migrate(STEPS).await.unwrap(), 2);
    }
}

/// Several servers start at once: each step runs once.
#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_start_at_once_migrate_one_after_the_other() {
    for test in sql::testing::TestDb::each() {
        let databases: Vec<Db> = (0..4).map(|_| test.open()).collect();
        let running: Vec<_> = databases
            .iter()
            .map(|db| {
                let db = db.clone();
                tokio::spawn(async move { db.migrate(STEPS).await })
            })
            .collect();
        let mut ran = 0;
        for one in running {
            ran += one.await.unwrap().unwrap();
        }
        assert_eq!(ran, 3);
    }
}
