//! The server through its sockets: what a stranger's client sees over REST, WebSocket and TCP.

#![allow(clippy::unwrap_used, missing_docs)]

mod bad_input;
mod files;
mod fuzz;
mod harness;
mod life;
mod rest;
mod scanning;
mod sessions;
mod streams;
mod tls;
