//! The emoji that a person uses: the ones used last and the skin tone, in one entry of own data.

use view::{OwnEmoji, Update};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::items;
use crate::step::Step;

/// The entry's key.
pub(crate) const EMOJI: &str = "emoji";

impl Engine {
    /// Keeps them; the other devices learn of it.
    pub(crate) fn keep_emoji(&mut self, s: &mut Step<'_, '_>, emoji: &OwnEmoji) -> Result<(), EngineError> {
        let mut emoji = emoji.clone();
        emoji.recents.truncate(OwnEmoji::RECENTS_MAX);
        let value = if emoji == OwnEmoji::default() { None } else { Some(serde_json::to_string(&emoji)?) };
        self.put_item(s, EMOJI, value)
    }

    /// Tells the screen what is kept.
    pub(crate) fn show_emoji(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let kept = items::value(s.tx, EMOJI)?;
        self.emoji_changed(s, kept.as_deref());
        Ok(())
    }

    /// Another device changed the entry.
    pub(crate) fn emoji_changed(&mut self, s: &mut Step<'_, '_>, value: Option<&str>) {
        s.update(Update::OwnEmoji { emoji: read(value) });
    }
}

/// What cannot be read is nothing.
fn read(value: Option<&str>) -> OwnEmoji {
    value.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}
