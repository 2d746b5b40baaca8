//! PostgreSQL below a [`crate::Tx`]: one connection and its prepared statements. Used on a thread of its own only,
//! because every call waits for the server.

mod rewrite;
mod types;

use std::collections::HashMap;
use std::time::Duration;

use ::postgres::error::SqlState;
use ::postgres::types::{ToSql, Type};
use ::postgres::{Client, Config, NoTls, Statement};

use crate::error::Error;
use crate::tx::{Row, RowInner};
use crate::value::Value;

pub(crate) use types::{get_blob, get_int, get_text};

/// Most SQL texts whose statements are kept; more means that some code builds SQL by hand, and all are dropped.
const STATEMENTS_MAX: usize = 512;
/// How long to wait for a connection to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// What every connection is told first. `synchronous_commit`: an acknowledged write is on disk whatever the server's default is.
/// `jit`: no statement here runs long enough to be worth compiling, though the planner may think so.
const SESSION: &str = "SET synchronous_commit = on; SET jit = off; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning; SET TIME ZONE 'UTC'";

/// A connection.
pub(crate) struct PgConn {
    client: Client,
    statements: HashMap<Box<str>, Prepared>,
}

/// A rewritten text and its statements, one for each combination of parameter types it was called with (nearly always one).
struct Prepared {
    sql: String,
    variants: Vec<Statement>,
}

impl PgConn {
    pub(crate) fn connect(url: &str) -> Result<Self, Error> {
        let mut config: Config =
            url.parse().map_err(|e: ::postgres::Error| Error::Bug(format!("database URL: {e}")))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_application_name().is_none() {
            config.application_name("hybrid");
        }
        let mut client = config.connect(NoTls).map_err(error)?;
        client.batch_execute(SESSION).map_err(error)?;
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, Error> {
        let statement = self.statement(sql, params)?;
        self.client.execute(&statement, &refs(params)).map_err(error)
    }

    pub(crate) fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: &mut dyn FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let statement = self.statement(sql, params)?;
        let found = self.client.query(&statement, &refs(params)).map_err(error)?;
        found.iter().map(|row| map(&Row { inner: RowInner::Postgres(row) })).collect()
    }

    /// Statements of transactions and savepoints: one round trip, no plan.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).map_err(error)
    }

    /// As [`Self::batch`], for what may change the schema under prepared statements.
    pub(crate) fn batch_and_forget_plans(&mut self, sql: &str) -> Result<(), Error> {
        self.statements.clear();
        self.batch(sql)
    }

    fn statement(&mut self, sql: &str, params: &[Value<'_>]) -> Result<Statement, Error> {
        if !self.statements.contains_key(sql) {
            if self.statements.len() >= STATEMENTS_MAX {
                self.statements.clear();
            }
            let rewritten = rewrite::to_dollar(sql).map_err(|e| Error::Bug(format!("{e}: {sql}")))?;
            self.statements.insert(sql.into(), Prepared { sql: rewritten, variants: Vec::new() });
        }
        let prepared = self.statements.get_mut(sql).ok_or_else(|| Error::Bug("a statement vanished".to_owned()))?;
        if let Some(statement) = prepared.variants.iter().find(|s| types::fits(s.params(), params)) {
            return Ok(statement.clone());
        }
        // Types come from the values, as in SQLite: left to the server, `?1 + 1` would be taken for a 32-bit sum.
        let types: Vec<Type> = params.iter().map(types::of).collect();
        let statement = self.client.prepare_typed(&prepared.sql, &types).map_err(error)?;
        prepared.variants.push(statement.clone());
        Ok(statement)
    }
}

fn refs<'v>(params: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// Tells errors apart by what the caller can do.
pub(crate) fn error(e: ::postgres::Error) -> Error {
    let Some(db) = e.as_db_error() else {
        let text = with_causes(&e);
        let lost = ["error communicating", "connection closed", "error connecting", "timeout waiting"];
        let is_lost = lost.iter().any(|start| text.starts_with(start));
        return if is_lost { Error::Unavailable(text) } else { Error::Bug(text) };
    };
    let text = format!("{} ({})", db.message(), db.code().code());
    match db.code().code() {
        code if code == SqlState::UNIQUE_VIOLATION.code() => {
            Error::Unique(db.constraint().unwrap_or(db.message()).to_owned())
        }
        "53100" | "58030" => Error::Disk(text),
        // Serialization, deadlock, lock timeout; read-only after a failover; shutting down, starting, crashed.
        "40001" | "40P01" | "55P03" | "25006" | "57P01" | "57P02" | "57P03" | "25P03" => Error::Unavailable(text),
        code if code.starts_with("08") || code.starts_with("53") => Error::Unavailable(text),
        _ => Error::Bug(text),
    }
}

fn with_causes(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut cause = e.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
