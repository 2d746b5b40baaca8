//! The emoji panel: search in both languages, what was used last, groups, skin tones. The focus stays in the search field;
//! arrow keys walk over the grid, Enter takes, with Shift the panel stays open, Esc closes.

mod content;
mod foot;
mod grid;
pub mod rows;
mod tabs;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::catalog;
use crate::i18n::t;
use crate::primitives::{FieldKind, MenuAnchor, TextField, unique_id};
use crate::state::emoji::use_emoji;
use crate::state::{AppState, Dialog};

use content::sections;
use foot::Foot;
use grid::{Grid, option_id};
use rows::{Cell, Layout, Section, Step};
use tabs::Tabs;

/// The height of a section's name, in pixels; the style sheet says the same.
const TITLE_PX: f64 = 30.0;

/// The panel at `anchor` while that is set.
#[component]
pub fn EmojiPanel(
    /// Where it is open; two-way.
    #[prop(into)]
    anchor: RwSignal<Option<MenuAnchor>>,
    /// An emoji was taken.
    #[prop(into)]
    on_pick: Callback<(String,)>,
) -> impl IntoView {
    move || anchor.get().map(|at| view! { <OpenPanel at=at anchor=anchor on_pick=on_pick /> })
}

/// What the parts of an open panel share.
#[derive(Clone, Copy)]
struct Desk {
    query: RwSignal<String>,
    sections: Memo<Vec<Section>>,
    layout: Memo<Layout>,
    /// The cell that Enter takes, counted over all sections.
    selected: RwSignal<Option<usize>>,
    /// How far the grid is scrolled, and how high it is, in pixels.
    view: RwSignal<(f64, f64)>,
    scroller: NodeRef<leptos::html::Div>,
}

impl Desk {
    fn new(cell_px: f64) -> Self {
        let query = RwSignal::new(String::new());
        let sections = Memo::new(move |_| sections(&query.get()));
        let layout = Memo::new(move |_| {
            sections.with(|sections| Layout::new(sections.iter().map(|s| s.cells.len()), TITLE_PX, cell_px))
        });
        let (selected, view) = (RwSignal::new(None), RwSignal::new((0.0, 400.0)));
        Self { query, sections, layout, selected, view, scroller: NodeRef::new() }
    }

    fn cell(&self, at: usize) -> Option<Cell> {
        self.sections.with(|sections| sections.iter().flat_map(|section| &section.cells).nth(at).cloned())
    }

    /// What Enter takes: the selected one, or while something is sought the first.
    fn due(&self) -> Option<Cell> {
        let first = self.query.with(|query| !query.trim().is_empty()).then_some(0);
        self.cell(self.selected.get().or(first)?)
    }

    fn scroll_to(&self, top: f64) {
        if let Some(scroller) = self.scroller.get_untracked() {
            scroller.set_scroll_top(top as i32);
        }
    }

    /// True when the key was ours.
    fn key(&self, key: &str) -> bool {
        let free = self.selected.with_untracked(Option::is_some) || self.query.with_untracked(String::is_empty);
        let step = match key {
            "ArrowDown" => Step::Down,
            "ArrowUp" => Step::Up,
            "ArrowRight" if free => Step::Right,
            "ArrowLeft" if free => Step::Left,
            _ => return false,
        };
        let to = self.layout.with_untracked(|layout| layout.step(self.selected.get_untracked(), step));
        self.selected.set(to);
        if let Some(top) = to.and_then(|cell| self.layout.with_untracked(|layout| layout.top_of_cell(cell))) {
            let (from, height) = self.view.get_untracked();
            if top < from {
                self.scroll_to((top - TITLE_PX).max(0.0));
            } else if top + 2.0 * TITLE_PX > from + height {
                self.scroll_to(top + 2.0 * TITLE_PX - height);
            }
        }
        true
    }
}

#[component]
fn OpenPanel(at: MenuAnchor, anchor: RwSignal<Option<MenuAnchor>>, on_pick: Callback<(String,)>) -> impl IntoView {
    catalog::load();
    let node = NodeRef::<leptos::html::Div>::new();
    let field = NodeRef::<leptos::html::Input>::new();
    let desk = Desk::new(cell_px());
    let list_id = unique_id("emoji-list");
    let before = StoredValue::new_local(document().active_element());
    let close = move || {
        anchor.set(None);
        let element = before.try_update_value(Option::take).flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = element.focus();
        }
    };
    let pick = move |emoji: &str, stay: bool| {
        use_emoji(emoji);
        if !stay {
            close();
        }
        on_pick.run((emoji.to_owned(),));
        if stay && let Some(field) = field.get_untracked() {
            _ = field.focus();
        }
    };
    Effect::new(move || {
        if let (Some(panel), Some(field)) = (node.get(), field.get()) {
            _ = panel.show_popover();
            at.place(&panel);
            _ = field.focus();
        }
    });
    // What was sought first stands at the top again.
    Effect::new(move || {
        desk.query.track();
        desk.selected.set(None);
        desk.scroll_to(0.0);
    });
    let state = AppState::try_get();
    let team = move || {
        close();
        if let Some(state) = state {
            state.nav.dialog.set(Some(Dialog::TeamEmoji));
        }
    };
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !node.get_untracked().is_some_and(|panel| panel.contains(target.as_ref())) {
            anchor.set(None);
        }
    });
    on_cleanup(move || outside.remove());
    let keys = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        let in_field = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>());
        let taken = match event.key().as_str() {
            _ if event.is_composing() => false,
            "Escape" => {
                close();
                true
            }
            "Enter" if in_field => match untrack(|| desk.due()) {
                Some(cell) => {
                    pick(&cell.text, event.shift_key());
                    true
                }
                None => false,
            },
            key => in_field && desk.key(key),
        };
        if taken {
            event.prevent_default();
        }
    };
    let list = list_id.clone();
    Effect::new(move || {
        if let Some(field) = field.get() {
            own_list(&field, &list, desk.selected.get());
        }
    });
    view! {
        <div
            class="emoji-panel"
            popover="manual"
            role="dialog"
            aria-label=move || t("emoji-panel")
            node_ref=node
            on:keydown=keys
        >
            <Tabs desk=desk />
            <TextField label=move || t("emoji-search") value=desk.query kind=FieldKind::Search node_ref=field />
            <Grid desk=desk id=list_id on_pick=move |emoji: String, stay: bool| pick(&emoji, stay) />
            <Foot desk=desk on_team=team />
        </div>
    }
}

/// Says that the field owns the list, and which of its cells Enter takes.
fn own_list(field: &web_sys::HtmlInputElement, list: &str, selected: Option<usize>) {
    let fixed =
        [("role", "combobox"), ("aria-controls", list), ("aria-expanded", "true"), ("aria-autocomplete", "list")];
    // Fails only for names that are no attribute names.
    for (name, value) in fixed {
        _ = field.set_attribute(name, value);
    }
    match selected {
        Some(at) => _ = field.set_attribute("aria-activedescendant", &option_id(at)),
        None => _ = field.remove_attribute("aria-activedescendant"),
    }
}

/// The height of a cell as the style sheet has it: larger where one touches.
fn cell_px() -> f64 {
    let coarse = window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches());
    if coarse { 44.0 } else { 36.0 }
}
