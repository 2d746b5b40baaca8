//! What has been on screen in a focused window counts as read.

use std::sync::Arc;

use leptos::prelude::*;

use super::items::{Item, ItemKind};
use crate::primitives::VirtualHandle;
use crate::state::Timeline;

/// Tells `read` the highest place in the history that was seen, as it grows.
pub(super) fn keep_read(
    timeline: Timeline,
    handle: VirtualHandle,
    items: Memo<Arc<Vec<Item>>>,
    read: Callback<(u64,)>,
) {
    let focused = focused_window();
    let told = StoredValue::new((None, 0));
    Effect::new(move || {
        let seen = handle.visible();
        let chat = timeline.chat.get();
        if !focused.get() || !timeline.loaded.get() {
            return;
        }
        // Own sends become numbered in place: `change` tells of it, `items` does not.
        timeline.change.track();
        let newest = items.with(|items| {
            let shown = items.get(seen.start.min(items.len())..seen.end.min(items.len())).unwrap_or_default();
            timeline.rows.with_untracked(|rows| {
                let seq = |item: &Item| match item.kind {
                    ItemKind::Message { index, .. } => {
                        rows.get(index as usize).map(|row| row.row.with_untracked(|row| row.seq))
                    }
                    _ => None,
                };
                shown.iter().filter_map(seq).max()
            })
        });
        let Some(newest) = newest else { return };
        let before = told.with_value(|(known, seq)| if *known == chat { *seq } else { 0 });
        if newest > before {
            told.set_value((chat, newest));
            read.run((newest,));
        }
    });
}

/// Whether the window has the focus.
fn focused_window() -> RwSignal<bool> {
    let focused = RwSignal::new(document().has_focus().unwrap_or(false));
    let gained = window_event_listener(leptos::ev::focus, move |_| focused.set(true));
    let lost = window_event_listener(leptos::ev::blur, move |_| focused.set(false));
    on_cleanup(move || {
        gained.remove();
        lost.remove();
    });
    focused
}
