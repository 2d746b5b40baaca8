//! PostgreSQL below a [`crate::Tx`].

use crate::error::Error;
use crate::tx::Row;
use crate::value::Value;

pub(crate) struct PgTx<'c> {
    #[allow(dead_code, reason = "filled in by the backend")]
    pub(crate) tx: ::postgres::Transaction<'c>,
}

impl PgTx<'_> {
    pub(crate) fn execute(&mut self, _sql: &str, _params: &[Value<'_>]) -> Result<u64, Error> {
        Err(Error::Bug("PostgreSQL is not built yet".to_owned()))
    }

    pub(crate) fn rows<T>(
        &mut self,
        _sql: &str,
        _params: &[Value<'_>],
        _map: &mut dyn FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        Err(Error::Bug("PostgreSQL is not built yet".to_owned()))
    }

    pub(crate) fn batch(&mut self, _sql: &str) -> Result<(), Error> {
        Err(Error::Bug("PostgreSQL is not built yet".to_owned()))
    }
}

pub(crate) fn error(e: ::postgres::Error) -> Error {
    Error::Bug(e.to_string())
}
