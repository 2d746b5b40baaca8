//! A list of any length with rows of any height: only what is seen (and a little around) is in the page.
//!
//! Rows are laid out in normal flow between two spacers. Heights are estimated until a `ResizeObserver` has measured
//! them. What one looks at keeps its place: when rows above grow or come, the difference first goes into the upper spacer
//! ("drift"), so that a scroll in progress is not disturbed, and is settled when the scrolling rests.

mod controller;
mod fenwick;
mod handle;
mod layout;

use std::sync::Arc;

use leptos::prelude::*;

pub use handle::{Align, VirtualHandle};

/// A row of a virtual list: a key that lasts while the row's structure does, and a first guess at its height.
pub trait VirtualRow: Clone + Send + Sync + 'static {
    /// Unique in the list.
    fn key(&self) -> u64;
    /// In pixels; the nearer to the truth, the steadier the scroll bar.
    fn estimate_px(&self) -> f64;
}

/// Makes the view of a row, once for each time it comes into sight.
pub type DrawRow<T> = Arc<dyn Fn(T) -> AnyView + Send + Sync>;

/// Draws `rows`, standing at the end at first. Scroll it through `handle`.
#[component]
pub fn VirtualList<T: VirtualRow>(
    /// All rows, in order.
    #[prop(into)]
    rows: Signal<Arc<Vec<T>>>,
    /// Scrolls it and tells where it stands.
    handle: VirtualHandle,
    /// Makes the view of a row.
    draw: DrawRow<T>,
    /// Its accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// More content is on its way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Keys pressed in it.
    #[prop(optional, into)]
    on_keydown: Option<Callback<(leptos::ev::KeyboardEvent,)>>,
) -> impl IntoView {
    let keys_of = move || rows.with(|rows| rows.iter().map(VirtualRow::key).collect::<Vec<_>>());
    Effect::new(move || {
        let keys = keys_of();
        rows.with_untracked(|rows| handle.rows_changed(keys, |at| rows.get(at).map_or(0.0, VirtualRow::estimate_px)));
    });
    let shown = Memo::new_with_compare(
        move |_| {
            let range = handle.drawn();
            rows.with(|rows| {
                let end = range.end.min(rows.len());
                rows.get(range.start.min(end)..end).map(<[T]>::to_vec).unwrap_or_default()
            })
        },
        |old, new| match (old, new) {
            (Some(old), Some(new)) => {
                old.len() != new.len() || old.iter().zip(new).any(|(old, new)| old.key() != new.key())
            }
            _ => true,
        },
    );
    let one = move |row: T| {
        let node = NodeRef::<leptos::html::Div>::new();
        let key = row.key();
        handle.observe(node, key);
        view! { <div class="virtual-list__row" node_ref=node>{draw(row)}</div> }
    };
    let press = move |event: leptos::ev::KeyboardEvent| {
        if let Some(on_keydown) = on_keydown {
            on_keydown.run((event,));
        }
    };
    handle.attach();
    view! {
        <div
            class="virtual-list"
            role="feed"
            tabindex="0"
            aria-label=move || label.get()
            aria-busy=move || busy.get().to_string()
            node_ref=handle.scroller()
            on:scroll=move |_| handle.scrolled()
            on:keydown=press
        >
            <div class="virtual-list__space virtual-list__space--above" node_ref=handle.above() />
            <For each=move || shown.get() key=VirtualRow::key children=one />
            <div class="virtual-list__space" node_ref=handle.below() />
        </div>
    }
}
