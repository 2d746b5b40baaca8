//! Where messages are written: growing text, reply and edit, people and emoji as one types, drafts.

mod composer;
mod composition;
mod drafts;
mod editing;
mod field_keys;
mod send;
mod suggest;
mod suggestions;
mod tray;

pub use composer::{Composer, ComposerActions};
pub use composition::{Composition, Mode, quote_of};
pub use send::{MESSAGE_BYTES_MAX, is_sendable, mentioned_in};
