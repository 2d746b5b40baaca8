//! The grid of the panel: of thousands of cells those on screen are drawn.

use leptos::prelude::*;

use super::Desk;
use super::rows::{Cell, Row};
use crate::features::reactions::{Catalog, catalog, load};
use crate::features::team_emoji::EmojiText;
use crate::i18n::t;
use crate::primitives::{Button, ControlSize, IconName, Spinner};

/// The id of a cell, for the field that owns the list.
pub(super) fn option_id(at: usize) -> String {
    format!("emoji-option-{at}")
}

/// The cells.
#[component]
pub(super) fn Grid(
    /// What is shown.
    desk: Desk,
    /// The id of the list.
    id: String,
    /// One was pressed; with Shift the panel stays.
    #[prop(into)]
    on_pick: Callback<(String, bool)>,
) -> impl IntoView {
    let measure = move || {
        if let Some(scroller) = desk.scroller.get_untracked() {
            desk.view.set((f64::from(scroller.scroll_top()), f64::from(scroller.client_height())));
        }
    };
    Effect::new(move || {
        desk.scroller.track();
        // Once the panel has its size.
        request_animation_frame(measure);
    });
    let seen = Memo::new(move |_| {
        let (top, height) = desk.view.get();
        desk.layout.with(|layout| layout.seen(top, top + height))
    });
    // Built anew when what is shown changes, not when one scrolls.
    let rows = move || {
        let sections = desk.sections;
        sections.track();
        view! {
            <For each=move || seen.get() key=|at| *at let(at)>
                {row(desk, at, on_pick)}
            </For>
        }
    };
    let height = move || format!("{}px", desk.layout.with(super::Layout::height));
    view! {
        <div class="emoji-panel__scroll" node_ref=desk.scroller on:scroll=move |_| measure() tabindex="0">
            <div class="emoji-panel__rows" id=id role="listbox" aria-label=move || t("emoji-panel") style:height=height>
                {rows}
            </div>
            {move || state(desk)}
        </div>
    }
}

fn row(desk: Desk, at: usize, on_pick: Callback<(String, bool)>) -> AnyView {
    let Some((top, row)) = desk.layout.with_untracked(|layout| layout.row(at).cloned()) else { return ().into_any() };
    let top = format!("{top}px");
    match row {
        Row::Title(section) => {
            let title = desk.sections.with_untracked(|sections| sections.get(section).map(|s| s.title.clone()));
            view! { <div class="emoji-panel__title" role="presentation" style:top=top>{title}</div> }.into_any()
        }
        Row::Cells(cells) => {
            let cells = cells.filter_map(|at| Some(cell(desk, at, untrack(|| desk.cell(at))?, on_pick)));
            view! { <div class="emoji-panel__row" role="presentation" style:top=top>{cells.collect_view()}</div> }
                .into_any()
        }
    }
}

fn cell(desk: Desk, at: usize, cell: Cell, on_pick: Callback<(String, bool)>) -> impl IntoView {
    let chosen = move || desk.selected.get() == Some(at);
    let text = cell.text.clone();
    view! {
        <div
            class="emoji-panel__cell"
            class:emoji-panel__cell--selected=chosen
            id=option_id(at)
            role="option"
            aria-selected=move || chosen().to_string()
            aria-label=cell.name
            on:click=move |event| on_pick.run((text.clone(), event.shift_key()))
            on:pointermove=move |_| if desk.selected.get_untracked() != Some(at) { desk.selected.set(Some(at)) }
        >
            <EmojiText text=cell.text />
        </div>
    }
}

/// What stands there while there is nothing to take.
fn state(desk: Desk) -> Option<AnyView> {
    let nothing = desk.sections.with(|sections| sections.iter().all(|section| section.cells.is_empty()));
    match catalog() {
        Catalog::Loading | Catalog::Absent => Some(
            view! { <div class="emoji-panel__state" role="status" aria-label=move || t("emoji-loading")><Spinner /></div> }
                .into_any(),
        ),
        Catalog::Failed => Some(
            view! {
                <div class="emoji-panel__state" role="alert">
                    <p>{move || t("emoji-failed")}</p>
                    <Button size=ControlSize::Small icon=IconName::Retry on_press=load>{move || t("emoji-retry")}</Button>
                </div>
            }
            .into_any(),
        ),
        Catalog::Ready(_) if nothing => {
            Some(view! { <div class="emoji-panel__state" role="status">{move || t("emoji-nothing")}</div> }.into_any())
        }
        Catalog::Ready(_) => None,
    }
}
