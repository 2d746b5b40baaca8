//! SQLite below a [`crate::Tx`]. Statements are prepared once per connection.

use std::ops::Deref;
use std::path::Path;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, params_from_iter};

use crate::error::Error;
use crate::exit;
use crate::tx::{Row, RowInner};
use crate::value::Value;

/// An open connection. The process does not end in the middle of its closing.
pub(crate) struct Conn(Option<Connection>);

impl Conn {
    /// `None`: in memory.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Error> {
        let _inside = exit::enter();
        let conn = path.map_or_else(Connection::open_in_memory, Connection::open).map_err(error)?;
        exit::watch();
        Ok(Self(Some(conn)))
    }
}

impl Deref for Conn {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let _inside = exit::enter();
        drop(self.0.take());
    }
}

/// Most prepared statements kept for a connection; the least used goes first.
const STATEMENTS_MAX: usize = 512;

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null | Value::NullOf(_) => ValueRef::Null,
            Value::Int(i) => ValueRef::Integer(*i),
            Value::Text(t) => ValueRef::Text(t.as_bytes()),
            Value::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

pub(crate) fn execute(conn: &Connection, sql: &str, params: &[Value<'_>]) -> Result<u64, Error> {
    let _inside = exit::enter();
    let mut statement = conn.prepare_cached(sql).map_err(error)?;
    let changed = statement.execute(params_from_iter(params)).map_err(error)?;
    Ok(changed as u64)
}

pub(crate) fn rows<T>(
    conn: &Connection,
    sql: &str,
    params: &[Value<'_>],
    map: &mut dyn FnMut(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let _inside = exit::enter();
    let mut statement = conn.prepare_cached(sql).map_err(error)?;
    let mut found = statement.query(params_from_iter(params)).map_err(error)?;
    let mut out = Vec::new();
    while let Some(row) = found.next().map_err(error)? {
        out.push(map(&Row { inner: RowInner::Sqlite(row) })?);
    }
    Ok(out)
}

/// Statements of transactions and savepoints, prepared once.
pub(crate) fn control(conn: &Connection, sql: &str) -> Result<(), Error> {
    let _inside = exit::enter();
    conn.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(|_| ()).map_err(error)
}

/// Settings that every connection gets, after its key. With `durable` a commit is on disk when it returns.
pub(crate) fn prepare_connection(conn: &Connection, durable: bool) -> Result<(), Error> {
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // A browser's VFS has no shared memory, so no WAL: there the rollback journal stays.
    if cfg!(not(target_arch = "wasm32")) {
        batch(conn, "PRAGMA journal_mode = WAL")?;
    }
    batch(conn, if durable { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" })?;
    // 4,000 pages are 16 MiB of log: the default of 1,000 copies hot pages back four times as often.
    batch(
        conn,
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; \
         PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864",
    )
}

pub(crate) fn batch(conn: &Connection, sql: &str) -> Result<(), Error> {
    let _inside = exit::enter();
    conn.execute_batch(sql).map_err(error)
}

pub(crate) fn error(e: rusqlite::Error) -> Error {
    match e.sqlite_error() {
        Some(inner) => match inner.code {
            ErrorCode::ConstraintViolation if matches!(inner.extended_code, 2067 | 1555) => {
                Error::Unique(e.to_string())
            }
            ErrorCode::NotADatabase => Error::WrongKey,
            ErrorCode::DiskFull | ErrorCode::SystemIoFailure | ErrorCode::ReadOnly | ErrorCode::CannotOpen => {
                Error::Disk(e.to_string())
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Unavailable(e.to_string()),
            _ => Error::Bug(e.to_string()),
        },
        None => Error::Bug(e.to_string()),
    }
}
