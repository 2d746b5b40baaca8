//! A transaction and its rows.

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
pub struct Tx<'c> {
    pub(crate) inner: Inner<'c>,
}

pub(crate) enum Inner<'c> {
    Sqlite(&'c rusqlite::Connection),
    #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
    Postgres(crate::postgres::PgTx<'c>),
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

impl Tx<'_> {
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
        match &mut self.inner {
            Inner::Sqlite(conn) => sqlite::execute(conn, sql, params),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(tx) => tx.execute(sql, params),
        }
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
        match &mut self.inner {
            Inner::Sqlite(conn) => sqlite::rows(conn, sql, params, &mut map),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(tx) => tx.rows(sql, params, &mut map),
        }
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
        match &mut self.inner {
            Inner::Sqlite(conn) => sqlite::batch(conn, sql),
            #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
            Inner::Postgres(tx) => tx.batch(sql),
        }
    }
}

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $ty:ty,)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// [`Error::Bug`] when the column has another type.
        pub fn $name(&self, column: usize) -> Result<$ty, Error> {
            match &self.inner {
                RowInner::Sqlite(row) => row.get(column).map_err(sqlite::error),
                #[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
                RowInner::Postgres(row) => row.try_get(column).map_err(crate::postgres::error),
            }
        }
    )*};
}

impl Row<'_> {
    getters! {
        /// An integer.
        int: i64,
        /// An integer or null.
        opt_int: Option<i64>,
        /// A text.
        text: String,
        /// A text or null.
        opt_text: Option<String>,
        /// Bytes.
        blob: Vec<u8>,
        /// Bytes or null.
        opt_blob: Option<Vec<u8>>,
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
