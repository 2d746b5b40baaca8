//! The public surface of `sql`, each promise on SQLite and on PostgreSQL.
#![allow(clippy::unwrap_used, missing_docs)]

mod backends;
mod exit;
mod fts5;
mod groups;
mod migrations;
mod power_cut;
mod power_disk;
mod store;
