//! The client as a state machine. One [`Input`] is one transaction; [`Output`]s are released after its commit.
//! Reads no clock; performs no I/O but through the transaction it is given.
//!
//! The driver's part: open the store, [`Engine::open`] in a transaction, then [`Input::Started`], then each thing that
//! happens as one [`Engine::step`] in one `store.write`. After `Ok` and the commit it does the outputs in order; after any
//! error it drops the engine, closes the connection, and opens a new engine on the same store. Commands that need no
//! account (`Probe`, `Register`, `Login`, `Unlock`, `Host`) are the driver's; all others go through the engine.

mod account;
mod avatars;
mod changes;
mod chats;
mod commands;
mod connection;
mod content;
mod contents;
mod disappearing;
mod drafts;
mod emoji;
mod engine;
mod error;
mod everyone;
mod export;
mod found;
mod frames;
mod inbox;
mod io;
mod items;
mod kept;
mod keywords;
mod list;
mod marks;
mod members;
mod messages;
mod news;
mod notes;
mod notices;
mod outbox;
mod people;
mod polls;
mod preferences;
mod presence;
mod privacy;
mod queries;
mod ranges;
mod receipts;
mod reminders;
mod requests;
mod saved;
mod scheduled;
mod schema;
mod screen;
mod sealing;
mod search;
mod shared;
mod step;
mod team_emoji;
mod text;
mod threads;
mod timeline;
mod transfers;

pub use contents::KEPT_BYTES_MAX;
pub use engine::Engine;
pub use error::EngineError;
pub use io::{Account, AuthTokens, Cx, Input, Output, SeenLink, Timer};
pub use transfers::{Job, Picked, Progress, Source};
