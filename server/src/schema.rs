//! The server's tables, as numbered migrations.

use sql::Migration;

/// All steps, oldest first. A step that was released never changes.
pub fn steps() -> Vec<Migration> {
    vec![Migration::shared(1, "core", CORE), Migration::shared(2, "auth", crate::auth::SCHEMA)]
}

const CORE: &str = "";
