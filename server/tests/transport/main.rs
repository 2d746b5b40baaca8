//! The server through its sockets: what a stranger's client sees over REST, WebSocket and TCP.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

mod bad_input;
mod bucket;
mod files;
mod fuzz;
mod harness;
mod life;
mod rest;
mod scanning;
mod sessions;
mod stores;
mod streams;
mod tls;
