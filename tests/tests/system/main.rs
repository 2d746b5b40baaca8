//! The whole system through its public surface: scenarios and faults.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

mod browser_documents;
mod browser_forward;
mod browser_keys;
mod browser_looks;
mod browser_sealed_files;
mod browser_typing;
mod browser_walk;
mod browser_xss;
mod cache;
mod chat_info;
mod desk_encryption;
#[cfg(target_os = "linux")]
mod desk_lock;
#[cfg(target_os = "linux")]
mod desk_notifications;
mod desktop;
mod encrypted;
mod encrypted_groups;
mod encrypted_polls;
mod encrypted_previews;
mod export;
mod files;
mod guest;
mod keyring;
mod kill_client;
mod kill_lock;
mod kill_server;
mod link_previews;
mod media;
#[cfg(target_os = "linux")]
mod nothing_readable;
mod offline;
mod script;
mod sealed_files;
mod teams;
mod two_apps;
