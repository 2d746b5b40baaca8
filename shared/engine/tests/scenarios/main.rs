//! Alice, bob and carol in virtual time: whatever the network, the server and their own processes do, every message is
//! shown exactly once and in the same order everywhere.
//!
//! `HYBRID_SEEDS=10000` runs as many random worlds; a failure prints its seed, `HYBRID_SEED=n` runs that one alone.
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::expect_used, missing_docs)]

mod avatars;
mod chance;
mod comparing;
mod delivery;
mod devices;
mod disappearing;
mod emoji;
mod encryption;
mod groups;
mod joining;
mod lies;
mod news;
mod own_data;
mod past;
mod people;
mod person;
mod polls;
mod previews;
mod privacy;
mod private;
mod random;
mod sealed_files;
mod sealed_polls;
mod sealed_previews;
mod searching;
mod server;
mod shared;
mod soak;
mod talk;
mod threads;
mod transfers;
mod world;
