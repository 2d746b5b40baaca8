//! Numbered migrations with checksums.

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::tx::{Dialect, Tx};

/// One step of a schema. What ran once never changes again.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3 … without holes.
    pub version: u32,
    /// For people.
    pub name: &'static str,
    /// Statements that both databases run.
    pub shared: &'static str,
    /// Statements only SQLite runs, after `shared` (FTS5 tables).
    pub sqlite: &'static str,
    /// Statements only PostgreSQL runs, after `shared`.
    pub postgres: &'static str,
}

impl Migration {
    /// A step that both databases share.
    pub const fn shared(version: u32, name: &'static str, sql: &'static str) -> Self {
        Self { version, name, shared: sql, sqlite: "", postgres: "" }
    }

    fn checksum(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.shared, self.sqlite, self.postgres] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Brings the schema to the last of `steps`; all of it or nothing. Returns how many steps ran.
///
/// In shared statements write `BIGINT` for integers, `TEXT`, and `BYTEA` for bytes; for SQLite `BYTEA` becomes `BLOB`,
/// `BIGINT` becomes `INTEGER`, and `/*strict*/` becomes `STRICT`.
///
/// # Errors
/// [`Error::Migration`] when a step that already ran was edited, or the database is newer than `steps`.
pub fn migrate(tx: &mut Tx<'_>, steps: &[Migration]) -> Result<u32, Error> {
    tx.batch(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)",
    )?;
    let done = tx.rows("SELECT version, checksum FROM schema_migrations ORDER BY version", &[], |row| {
        Ok((row.int(0)?, row.text(1)?))
    })?;
    if done.len() > steps.len() {
        return Err(Error::Migration(format!(
            "the database is at version {}, this program knows {}",
            done.len(),
            steps.len()
        )));
    }
    let mut ran = 0;
    for (place, step) in steps.iter().enumerate() {
        if step.version as usize != place + 1 {
            return Err(Error::Bug(format!("migration {} stands at place {}", step.version, place + 1)));
        }
        match done.get(place) {
            Some((version, checksum)) if *version == i64::from(step.version) => {
                if *checksum != step.checksum() {
                    return Err(Error::Migration(format!(
                        "step {} ({}) was edited after it ran",
                        step.version, step.name
                    )));
                }
            }
            Some((version, _)) => return Err(Error::Migration(format!("found step {version} at place {}", place + 1))),
            None => {
                run(tx, step)?;
                ran += 1;
            }
        }
    }
    Ok(ran)
}

fn run(tx: &mut Tx<'_>, step: &Migration) -> Result<(), Error> {
    match tx.dialect() {
        Dialect::Sqlite => {
            let shared =
                step.shared.replace("BYTEA", "BLOB").replace("BIGINT", "INTEGER").replace("/*strict*/", "STRICT");
            tx.batch(&shared)?;
            tx.batch(step.sqlite)?;
        }
        Dialect::Postgres => {
            tx.batch(step.shared)?;
            tx.batch(step.postgres)?;
        }
    }
    tx.execute(
        "INSERT INTO schema_migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
        crate::params![step.version, step.name, step.checksum()],
    )?;
    Ok(())
}
