//! The messages of the open chat: a virtual list that holds its place, with day dividers and the line "new messages".

mod conversation;
mod edges;
mod items;
mod keyboard;
mod pointer;
mod reading;
mod tabbing;
mod timeline;

pub use conversation::{Conversation, Typing};
pub use items::{Item, ItemKind};
pub use timeline::{Timeline, TimelineActions};
