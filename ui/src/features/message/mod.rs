//! One message of the timeline and what can be done with it.

mod actions;
mod body;
mod content;
mod delivery;
mod forwarded;
mod menu;
mod message;
mod note;
mod quote;
mod replies;
mod toolbar;
mod versions;

pub use actions::{MessageActions, MessageContext};
pub use delivery::DeliveryMark;
pub use menu::menu_items;
pub use message::Message;
pub use note::note_words;
pub use quote::Quote;
pub use versions::VersionsDialog;
