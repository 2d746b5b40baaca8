//! A transaction and its rows. A statement that fails ends its transaction, on both databases alike.

use crate::error::Error;
use crate::sqlite;
use crate::value::Value;

/// Which database is below, for the few statements that cannot be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, SQLCipher.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// An open transaction; whoever opened it commits.
///
/// Once a statement has failed, every later one fails with the same error and nothing of this transaction (of this job,
/// in a [`crate::Db`]) is kept, even if its code goes on and returns `Ok`. PostgreSQL works so; SQLite is made to, because it
/// may roll back on its own (disk full, I/O error) and would then run the rest outside of any transaction. To try an
/// insert that may meet a duplicate, write `ON CONFLICT … DO NOTHING RETURNING …`.
pub struct Tx<'c> {
    inner: Inner<'c>,
    failed: Option<Error>,
    wrote: bool,
}

pub(crate) enum Inner<'c> {
    Sqlite(&'c rusqlite::Connection),
    #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
    Postgres(&'c mut crate::postgres::PgConn),
}

/// One row of a result; columns count from 0.
pub struct Row<'r> {
    pub(crate) inner: RowInner<'r>,
}

pub(crate) enum RowInner<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
    Postgres(&'r ::postgres::Row),
}

impl<'c> Tx<'c> {
    pub(crate) fn new(inner: Inner<'c>) -> Self {
        Self { inner, failed: None, wrote: false }
    }

    /// A statement that may change something was tried.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn wrote(&self) -> bool {
        self.wrote
    }

    /// The first statement that failed, if any did.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failed.as_ref()
    }

    /// Which database is below.
    pub fn dialect(&self) -> Dialect {
        match &self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement; returns how many rows it changed.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, Error> {
        self.wrote = true;
        self.guarded(|inner| match inner {
            Inner::Sqlite(conn) => sqlite::execute(conn, sql, params),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(conn) => conn.execute(sql, params),
        })
    }

    /// All rows.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn rows<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.wrote |= !is_query(sql);
        self.guarded(|inner| match inner {
            Inner::Sqlite(conn) => sqlite::rows(conn, sql, params, &mut map),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(conn) => conn.rows(sql, params, &mut map),
        })
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn row<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        Ok(self.rows(sql, params, map)?.into_iter().next())
    }

    /// The only row; none is a bug.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn one<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        map: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.row(sql, params, map)?.ok_or_else(|| Error::Bug(format!("no row: {sql}")))
    }

    /// Runs several statements without parameters (migrations).
    ///
    /// # Errors
    /// See [`Error`].
    pub fn batch(&mut self, sql: &str) -> Result<(), Error> {
        self.wrote = true;
        self.guarded(|inner| match inner {
            Inner::Sqlite(conn) => sqlite::batch(conn, sql),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(conn) => conn.batch_and_forget_plans(sql),
        })
    }

    fn guarded<T>(&mut self, run: impl FnOnce(&mut Inner<'c>) -> Result<T, Error>) -> Result<T, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = run(&mut self.inner);
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }
}

/// Surely changes nothing. (`WITH` may lead to an insert, so it counts as a change.)
fn is_query(sql: &str) -> bool {
    sql.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $(#[$opt_doc:meta])* $opt:ident, $pg:ident: $ty:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`Error::Bug`] when the column has another type or is null.
        pub fn $name(&self, column: usize) -> Result<$ty, Error> {
            self.$opt(column)?.ok_or_else(|| Error::Bug(format!("column {column} is null")))
        }

        $(#[$opt_doc])*
        ///
        /// # Errors
        /// [`Error::Bug`] when the column has another type.
        pub fn $opt(&self, column: usize) -> Result<Option<$ty>, Error> {
            match &self.inner {
                RowInner::Sqlite(row) => row.get(column).map_err(sqlite::error),
                #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
                RowInner::Postgres(row) => crate::postgres::$pg(row, column),
            }
        }
    )*};
}

impl Row<'_> {
    getters! {
        /// An integer (from PostgreSQL also a boolean, as 0 or 1, and a whole `numeric`, which is what `SUM` makes).
        int,
        /// An integer or null.
        opt_int, get_int: i64;
        /// A text.
        text,
        /// A text or null.
        opt_text, get_text: String;
        /// Bytes.
        blob,
        /// Bytes or null.
        opt_blob, get_blob: Vec<u8>;
    }

    /// A counter: an integer that is never negative.
    ///
    /// # Errors
    /// [`Error::Bug`] when it is.
    pub fn count(&self, column: usize) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|_| Error::Bug(format!("column {column} is negative")))
    }

    /// A boolean kept as 0 or 1.
    ///
    /// # Errors
    /// [`Error::Bug`] when the column is not an integer.
    pub fn flag(&self, column: usize) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }
}
