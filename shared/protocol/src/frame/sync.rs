//! Bodies about catching up: what a client has of each scope, and what changed since.

use crate::model::Receipt;
use crate::scope::{Row, Scope};

bodies! {
    /// Body of `sync`.
    Sync {
        /// At most [`crate::limits::SYNC_SCOPES_MAX`].
        scopes: Vec<ScopeHave>,
    }
    /// What a client has of one scope.
    ScopeHave {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// The revision up to which everything is known; 0 for nothing (→ a snapshot).
        have: u64,
    }
    /// Body of `changes`: the rows of a scope that changed in `(from, to]`, each as it now is, by `rev`.
    Changes {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// What the client had said it has.
        from: u64,
        /// What it has after applying this.
        to: u64,
        /// The scope's newest revision; above `to`: ask again.
        head: u64,
        /// `true`: not all history, but the present: chat, members, and the newest page of messages. Forget what was there.
        #[serde(default)] snapshot: bool,
        /// The rows.
        rows: Vec<Row>,
        /// In chats of at most [`crate::limits::RECEIPTS_MEMBERS_MAX`], everyone's marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] receipts: Vec<Receipt>,
    }
    /// The newest revision of a scope.
    ScopeHead {
        /// Which scope.
        #[cfg_attr(feature = "openapi", schema(value_type = String))] scope: Scope,
        /// Its newest revision.
        rev: u64,
    }
}
