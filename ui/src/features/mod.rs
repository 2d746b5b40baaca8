//! What a person works with: each feature reads the [`crate::state`] and sends commands over the [`crate::bridge`].
