//! A thread's own connection, and transactions on it; opened again after a loss.

use super::{DbUrl, Durability};
use crate::error::Error;
#[cfg(feature = "postgres")]
use crate::postgres::PgConn;
use crate::sqlite;
use crate::tx::{Inner, Tx};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Writer,
    Reader,
}

pub(super) struct Link {
    role: Role,
    conn: Conn,
}

enum Conn {
    Sqlite(sqlite::Conn),
    #[cfg(feature = "postgres")]
    Postgres {
        url: String,
        /// `None` after a loss, until the next transaction.
        conn: Option<Box<PgConn>>,
    },
}

impl Link {
    pub(super) fn open(url: &DbUrl, role: Role, durability: Durability) -> Result<Self, Error> {
        let conn = match url {
            DbUrl::Sqlite(path) => {
                let conn = sqlite::Conn::open(Some(path))?;
                sqlite::prepare_connection(&conn, durability == Durability::Full)?;
                sqlite::batch(
                    &conn,
                    match role {
                        Role::Writer => "PRAGMA busy_timeout = 10000",
                        Role::Reader => "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON",
                    },
                )?;
                Conn::Sqlite(conn)
            }
            #[cfg(feature = "postgres")]
            DbUrl::Postgres(url) => Conn::Postgres { url: url.clone(), conn: Some(Box::new(PgConn::connect(url)?)) },
            #[cfg(not(feature = "postgres"))]
            DbUrl::Postgres(_) => return Err(Error::Bug("built without PostgreSQL".to_owned())),
        };
        Ok(Self { role, conn })
    }

    /// Most marks in one transaction. PostgreSQL keeps 64 subtransactions of a transaction at hand; with more, every
    /// snapshot of everyone becomes slower.
    pub(super) fn marks_max(&self) -> usize {
        match &self.conn {
            Conn::Sqlite(_) => usize::MAX,
            #[cfg(feature = "postgres")]
            Conn::Postgres { .. } => 60,
        }
    }

    /// Begins a transaction, on a new connection if the old one was lost.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                sqlite::control(conn, if self.role == Role::Writer { "BEGIN IMMEDIATE" } else { "BEGIN" })
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres { url, conn } => {
                let begin = match self.role {
                    Role::Writer => "BEGIN",
                    Role::Reader => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                };
                if let Some(open) = conn
                    && !open.is_closed()
                {
                    match open.batch(begin) {
                        // Found dead only now: nothing has run yet, so a new connection is as good.
                        Err(Error::Unavailable(_)) => {}
                        result => return result,
                    }
                }
                *conn = None;
                conn.insert(Box::new(PgConn::connect(url)?)).batch(begin)
            }
        }
    }

    /// Marks the place that [`Self::undo_to_mark`] returns to; the mark before is forgotten.
    pub(super) fn mark(&mut self, replaces_one: bool) -> Result<(), Error> {
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                if replaces_one {
                    sqlite::control(conn, "RELEASE job")?;
                }
                sqlite::control(conn, "SAVEPOINT job")
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => {
                some(conn)?.batch(if replaces_one { "RELEASE job; SAVEPOINT job" } else { "SAVEPOINT job" })
            }
        }
    }

    /// Undoes what happened since the mark; the mark stays.
    pub(super) fn undo_to_mark(&mut self) -> Result<(), Error> {
        self.run("ROLLBACK TO job")
    }

    /// Makes the transaction durable. An error means that it is undone, or that the connection was lost on the way.
    pub(super) fn commit(&mut self, marked: bool) -> Result<(), Error> {
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::control(conn, "COMMIT"),
            // COMMIT of a failed transaction "succeeds" by rolling back; RELEASE fails in one, so it stands guard.
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => some(conn)?.batch(if marked { "RELEASE job; COMMIT" } else { "COMMIT" }),
        };
        let _ = marked;
        if result.is_err() {
            self.rollback();
        }
        result
    }

    /// Ends the transaction without keeping it; a connection where even that fails is given up.
    pub(super) fn rollback(&mut self) {
        match &mut self.conn {
            Conn::Sqlite(conn) => {
                if !conn.is_autocommit()
                    && let Err(error) = sqlite::control(conn, "ROLLBACK")
                {
                    tracing::error!(%error, "rollback failed");
                }
            }
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => {
                if let Some(open) = conn
                    && open.batch("ROLLBACK").is_err()
                {
                    *conn = None;
                }
            }
        }
    }

    /// The transaction is still open: SQLite ends it by itself when the disk is full or fails.
    pub(super) fn is_open(&self) -> bool {
        match &self.conn {
            Conn::Sqlite(conn) => !conn.is_autocommit(),
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => conn.as_ref().is_some_and(|open| !open.is_closed()),
        }
    }

    pub(super) fn tx(&mut self) -> Result<Tx<'_>, Error> {
        Ok(Tx::new(match &mut self.conn {
            Conn::Sqlite(conn) => Inner::Sqlite(conn),
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => Inner::Postgres(some(conn)?),
        }))
    }

    fn run(&mut self, control: &str) -> Result<(), Error> {
        match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::control(conn, control),
            #[cfg(feature = "postgres")]
            Conn::Postgres { conn, .. } => some(conn)?.batch(control),
        }
    }
}

#[cfg(feature = "postgres")]
fn some(conn: &mut Option<Box<PgConn>>) -> Result<&mut PgConn, Error> {
    conn.as_deref_mut().ok_or_else(|| Error::Unavailable("the connection was lost".to_owned()))
}
