//! The server: REST, WebSocket and TCP over one set of domain functions. The desktop embeds it; `hybrid-server` runs it.

pub mod state;

pub mod session;

pub mod service;

pub mod domain;

pub mod store;

pub mod schema;

pub mod files;

pub mod previews;

pub mod hub;

pub mod auth;

pub mod config;

pub mod indexing;

mod openapi;

mod running;

mod timekeeper;

pub mod tls;

mod transport;

mod web;

pub use config::ServerConfig;
pub use running::{ConnectedPerson, FreshInvitation, Running, Server, StartError};
