//! Where messages are written: growing text that shows its formatting, reply and edit, people and emoji as one types, drafts.

mod composer;
mod composition;
mod desk;
mod drafts;
mod editing;
mod field_keys;
mod ink_layer;
mod marks;
mod send;
mod suggest;
mod suggestions;
mod tray;

pub use composer::{Composer, ComposerActions};
pub use composition::{Composition, Mode, quote_of};
pub use send::{MESSAGE_BYTES_MAX, is_sendable, mentioned_in};
