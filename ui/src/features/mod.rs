//! What a person works with: each feature reads the [`crate::state`] and sends commands over the [`crate::bridge`].

pub mod composer;
pub mod markdown;
pub mod message;
pub mod reactions;
pub mod timeline;
