//! Emoji: the set, the panel to choose one, and the reactions under a message.

mod catalog;
mod panel;
mod row;
mod search;

pub use catalog::{Catalog, Emoji, EmojiGroup, by_code, by_text, catalog, groups, load};
pub use panel::EmojiPanel;
pub use row::Reactions;
pub use search::search;
