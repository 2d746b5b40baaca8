//! Emoji and stickers of the team's own: shown in texts and reactions, brought and taken away.

mod dialog;
mod names;
mod picture;

pub use dialog::TeamEmojiDialog;
pub use picture::{EmojiText, TeamPicture};
