//! The emoji used last, on this device; first the ones that teams use most.

use std::sync::LazyLock;

use leptos::prelude::*;

/// So many are remembered.
const RECENTS_MAX: usize = 16;
const STORAGE_KEY: &str = "emoji-recents";
const FIRST: [&str; 8] = ["👍", "❤️", "😂", "🎉", "🙏", "👀", "🔥", "✅"];

static RECENTS: LazyLock<ArcRwSignal<Vec<String>>> = LazyLock::new(|| ArcRwSignal::new(stored()));

/// The emoji used last, newest first; tracked.
pub fn recents() -> Vec<String> {
    RECENTS.get()
}

/// Remembers a use.
pub fn use_emoji(emoji: &str) {
    RECENTS.update(|recents| *recents = with_used(recents, emoji));
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage only forgets the order.
        _ = storage.set_item(STORAGE_KEY, &RECENTS.get_untracked().join(" "));
    }
}

fn with_used(recents: &[String], emoji: &str) -> Vec<String> {
    let others = recents.iter().filter(|other| *other != emoji).cloned();
    std::iter::once(emoji.to_owned()).chain(others).take(RECENTS_MAX).collect()
}

fn stored() -> Vec<String> {
    let text = if cfg!(target_arch = "wasm32") {
        window().local_storage().ok().flatten().and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten())
    } else {
        None
    };
    let mut recents: Vec<String> =
        text.unwrap_or_default().split(' ').filter(|e| !e.is_empty()).map(str::to_owned).collect();
    for emoji in FIRST {
        if !recents.iter().any(|other| other == emoji) {
            recents.push(emoji.to_owned());
        }
    }
    recents.truncate(RECENTS_MAX);
    recents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_comes_first_and_stands_once() {
        let recents = with_used(&stored(), "🔥");
        assert_eq!(recents[..3], ["🔥", "👍", "❤️"]);
        assert_eq!(recents.len(), FIRST.len());
    }
}
