//! Emoji: the set, the panel to choose one, and the reactions under a message.

mod catalog;
mod panel;
mod recents;
mod row;

pub use catalog::{Emoji, EmojiGroup, by_code, groups, search};
pub use panel::EmojiPanel;
pub use recents::{recents, use_emoji};
pub use row::Reactions;
