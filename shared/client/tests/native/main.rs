//! The native client against a real server: entering, chatting, losing and finding the network, and keeping secrets.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests say what they do by their names")]

mod cache;
mod chatting;
mod entering;
mod person;
mod team;
