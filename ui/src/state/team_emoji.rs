//! The team's own emoji and stickers, by name. Thousands are no burden: they are looked up by name, and drawn where they show.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use leptos::prelude::*;
use view::TeamEmoji;

/// One for the page: whoever shows an emoji asks here, in the gallery as well, where there is no state.
static ALL: LazyLock<ArcRwSignal<BTreeMap<String, TeamEmoji>>> = LazyLock::new(|| ArcRwSignal::new(BTreeMap::new()));

/// One of them; tracked.
pub fn find(name: &str) -> Option<TeamEmoji> {
    ALL.with(|all| all.get(name).cloned())
}

/// Looks at all, by name; tracked.
pub fn with_all<T>(look: impl FnOnce(&BTreeMap<String, TeamEmoji>) -> T) -> T {
    ALL.with(look)
}

pub(super) fn came(emoji: Vec<TeamEmoji>) {
    ALL.set(emoji.into_iter().map(|one| (one.name.clone(), one)).collect());
}

pub(super) fn changed(emoji: TeamEmoji) {
    ALL.update(|all| {
        if emoji.removed {
            all.remove(&emoji.name);
        } else {
            all.insert(emoji.name.clone(), emoji);
        }
    });
}
