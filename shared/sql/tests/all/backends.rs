//! Statements, values and errors mean the same on both databases.

use sql::{Db, Error, params};

async fn table(db: &Db) {
    db.write(|tx| {
        tx.batch(
            "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, body BLOB_TYPE)"
                .replace("BLOB_TYPE", blob(tx))
                .as_str(),
        )
    })
    .await
    .unwrap();
}

fn blob(tx: &sql::Tx<'_>) -> &'static str {
    match tx.dialect() {
        sql::Dialect::Sqlite => "BLOB",
        sql::Dialect::Postgres => "BYTEA",
    }
}

type Thing = (i64, Option<String>, Option<Vec<u8>>);

async fn things(db: &Db) -> Vec<Thing> {
    db.read(|tx| {
        tx.rows("SELECT id, name, body FROM things ORDER BY id", &[], |row| {
            Ok((row.int(0)?, row.opt_text(1)?, row.opt_blob(2)?))
        })
    })
    .await
    .unwrap_or_else(|e: Error| panic!("{e}"))
}

sql::each_db! {
    async fn values_come_back_as_they_were(db: Db) {
        table(&db).await;
        let rows: Vec<Thing> = vec![
            (i64::MIN, Some("Привет 👋 it's ?1 \"$1\"".to_owned()), Some(vec![0, 255, 1])),
            (0, None, None),
            (1, Some(String::new()), Some(Vec::new())),
            (i64::MAX, Some("x".repeat(100_000)), Some(vec![7; 100_000])),
        ];
        let to_write = rows.clone();
        db.write(move |tx| -> Result<(), Error> {
            for (id, name, body) in &to_write {
                let sql = "INSERT INTO things (id, name, body) VALUES (?1, ?2, ?3)";
                assert_eq!(tx.execute(sql, params![id, name, body])?, 1);
            }
            Ok(())
        }).await.unwrap();
        assert_eq!(things(&db).await, rows);
    }

    async fn a_placeholder_may_stand_twice_and_in_any_order(db: Db) {
        let found = db.read(|tx| {
            tx.one("SELECT ?2 + ?1, ?2 - ?1, '?1' WHERE ?1 < ?2", params![3, 10], |row| {
                Ok((row.int(0)?, row.int(1)?, row.text(2)?))
            })
        }).await;
        assert_eq!(found.unwrap_or_else(|e: Error| panic!("{e}")), (13, 7, "?1".to_owned()));
    }

    async fn sums_do_not_overflow_at_32_bits_and_booleans_are_numbers(db: Db) {
        let big = 5_000_000_000i64;
        let found = db.read(move |tx| {
            tx.one("SELECT ?1 + 1, SUM(x), COUNT(*), MAX(x) = ?1 FROM (SELECT ?1 AS x UNION ALL SELECT ?1) AS two", params![big], |row| {
                Ok((row.int(0)?, row.int(1)?, row.count(2)?, row.flag(3)?))
            })
        }).await;
        assert_eq!(found.unwrap_or_else(|e: Error| panic!("{e}")), (big + 1, 2 * big, 2, true));
    }

    async fn a_null_fits_where_a_value_was_before_and_the_other_way_round(db: Db) {
        table(&db).await;
        let names = [None, Some("a"), None, Some("b")];
        db.write(move |tx| -> Result<(), Error> {
            for (id, name) in names.iter().enumerate() {
                tx.execute("INSERT INTO things (id, name) VALUES (?1, ?2)", params![id as u64, name])?;
            }
            tx.execute("UPDATE things SET name = COALESCE(?2, name) WHERE id = ?1 AND (?3 IS NULL OR name = ?3)", params![1, None::<String>, None::<String>])?;
            tx.execute("UPDATE things SET name = COALESCE(?2, name) WHERE id = ?1 AND (?3 IS NULL OR name = ?3)", params![3, "c", "b"])?;
            Ok(())
        }).await.unwrap();
        let names: Vec<_> = things(&db).await.into_iter().map(|thing| thing.1).collect();
        assert_eq!(names, [None, Some("a".to_owned()), None, Some("c".to_owned())]);
    }

    async fn a_duplicate_is_told_apart_from_other_errors(db: Db) {
        table(&db).await;
        let insert = |tx: &mut sql::Tx<'_>| tx.execute("INSERT INTO things (id) VALUES (?1)", params![1]);
        db.write(insert).await.unwrap();
        assert!(matches!(db.write(insert).await, Err(Error::Unique(_))));
        assert!(matches!(db.write(|tx| tx.execute("INSERT INTO nothing VALUES (1)", &[])).await, Err(Error::Bug(_))));
        assert!(matches!(db.write(|tx| tx.execute("SELEC", &[])).await, Err(Error::Bug(_))));
        assert!(!db.write(|tx| tx.rows("SELECT id FROM things", &[], |row| row.text(0))).await.unwrap_err().is_retryable());
        assert_eq!(things(&db).await.len(), 1);
    }

    async fn an_insert_that_meets_a_duplicate_can_say_so_without_an_error(db: Db) {
        table(&db).await;
        let insert = |tx: &mut sql::Tx<'_>| {
            tx.row("INSERT INTO things (id) VALUES (?1) ON CONFLICT (id) DO NOTHING RETURNING id", params![1], |row| row.int(0))
        };
        assert_eq!(db.write(insert).await.unwrap(), Some(1));
        assert_eq!(db.write(insert).await.unwrap(), None);
    }

    async fn a_reader_cannot_write(db: Db) {
        table(&db).await;
        db.read(|tx| tx.execute("INSERT INTO things (id) VALUES (1)", &[])).await.unwrap_err();
        assert!(things(&db).await.is_empty());
    }

    async fn a_read_after_a_write_sees_it(db: Db) {
        table(&db).await;
        for id in 0..50 {
            db.write(move |tx| tx.execute("INSERT INTO things (id) VALUES (?1)", params![id])).await.unwrap();
            assert_eq!(things(&db).await.len(), id as usize + 1);
        }
    }
}
