//! The emoji used last and the skin tone: own data that a person's devices share. Before anything was used, the ones that
//! teams use most.

use std::sync::LazyLock;

use leptos::prelude::*;
use view::{Command, OwnEmoji};

use crate::bridge::tell_quietly;

const FIRST: [&str; 9] = ["👍", "❤️", "😂", "🎉", "🙏", "👀", "🔥", "✅", "😢"];

/// One for the page: whoever shows emoji shares it, in the gallery as well, where there is no state.
static OWN: LazyLock<ArcRwSignal<OwnEmoji>> = LazyLock::new(|| ArcRwSignal::new(OwnEmoji::default()));

/// The emoji used last, newest first, filled up with common ones; tracked.
pub fn recents() -> Vec<String> {
    OWN.with(filled)
}

/// The skin tone, from 1 (light) to 5 (dark); 0 for none; tracked.
pub fn tone() -> u8 {
    OWN.with(|own| own.tone)
}

/// Remembers a use.
pub fn use_emoji(emoji: &str) {
    change(|own| own.recents = with_used(&own.recents, emoji));
}

/// Chooses the skin tone.
pub fn set_tone(tone: u8) {
    change(|own| own.tone = tone);
}

/// What the host says; another device may have changed it.
pub(super) fn came(own: OwnEmoji) {
    if OWN.with_untracked(|old| *old != own) {
        OWN.set(own);
    }
}

fn change(change: impl FnOnce(&mut OwnEmoji)) {
    let mut own = OWN.get_untracked();
    change(&mut own);
    if OWN.with_untracked(|old| *old != own) {
        OWN.set(own.clone());
        tell_quietly(Command::KeepEmoji { emoji: own });
    }
}

fn with_used(recents: &[String], emoji: &str) -> Vec<String> {
    let others = recents.iter().filter(|other| *other != emoji).cloned();
    std::iter::once(emoji.to_owned()).chain(others).take(OwnEmoji::RECENTS_MAX).collect()
}

fn filled(own: &OwnEmoji) -> Vec<String> {
    let mut recents = own.recents.clone();
    let missing = FIRST.iter().filter(|emoji| !own.recents.iter().any(|other| other == *emoji));
    recents.extend(missing.map(|emoji| (*emoji).to_owned()));
    recents.truncate(own.recents.len().max(FIRST.len()));
    recents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_comes_first_and_stands_once() {
        let recents = with_used(&with_used(&[], "🐈"), "🔥");
        let filled = filled(&OwnEmoji { recents, tone: 0 });
        assert_eq!(filled[..4], ["🔥", "🐈", "👍", "❤️"]);
        assert_eq!(filled.len(), FIRST.len());
    }
}
