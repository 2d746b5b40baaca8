//! The server: REST, WebSocket and TCP over one set of domain functions. The desktop embeds it; `hybrid-server` runs it.

pub mod state;

pub mod session;

pub mod service;

pub mod domain;

pub mod store;

pub mod schema;

pub mod hub;

pub mod auth;
