//! One synchronous transaction type over SQLite and PostgreSQL, so that SQL is written once.
//!
//! Placeholders are `?1 … ?n`; values are integers, texts, bytes and null; times are `*_ms` integers. A client owns one
//! [`Store`]; a server owns a [`Db`] (a writer thread that groups commits, and readers).

mod error;
#[cfg(not(target_arch = "wasm32"))]
mod exit;
mod fts5;
mod migrate;
mod sqlite;
mod store;
mod tx;
mod value;

#[cfg(not(target_arch = "wasm32"))]
mod db;
#[cfg(all(not(target_arch = "wasm32"), feature = "postgres"))]
mod postgres;
#[cfg(not(target_arch = "wasm32"))]
mod queue;
#[cfg(all(not(target_arch = "wasm32"), feature = "testing"))]
pub mod testing;

/// A browser's worker ends without a word: nothing is taken down under those who use it.
#[cfg(target_arch = "wasm32")]
mod exit {
    pub(crate) struct Inside;

    pub(crate) fn enter() -> Inside {
        Inside
    }

    pub(crate) fn watch() {}
}

#[cfg(not(target_arch = "wasm32"))]
pub use db::{Again, Db, DbConfig, DbUrl, Once, READ_QUEUE_JOBS_MAX, WRITE_QUEUE_JOBS_MAX, Work};
pub use error::Error;
pub use fts5::terms_beginning;
pub use migrate::{Migration, migrate};
pub use store::{Store, StoreKey, StoreLocation};
pub use tx::{Dialect, Row, Tx};
pub use value::{Kind, ToValue, Value};

/// Parameters of a statement: `params![chat_id, seq, None::<i64>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::ToValue::to_value(&$value)),*][..] as &[$crate::Value<'_>] };
}
