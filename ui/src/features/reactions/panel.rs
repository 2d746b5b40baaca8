//! The emoji panel: search, what was used last, groups. Arrow keys move over the grid, Enter takes, Esc closes.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Emoji, groups, recents, search, use_emoji};
use crate::i18n::{key, t};
use crate::primitives::{FieldKind, MenuAnchor, TextField};

/// So many are found at most.
const FOUND_MAX: usize = 64;
/// Columns of the grid: what the panel's width holds.
const COLUMNS: isize = 9;

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

#[component]
fn OpenPanel(at: MenuAnchor, anchor: RwSignal<Option<MenuAnchor>>, on_pick: Callback<(String,)>) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let field = NodeRef::<leptos::html::Input>::new();
    let query = RwSignal::new(String::new());
    let before = StoredValue::new_local(document().active_element());
    let close = move || {
        anchor.set(None);
        let element = before.try_update_value(Option::take).flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = element.focus();
        }
    };
    let pick = move |emoji: &str| {
        use_emoji(emoji);
        close();
        on_pick.run((emoji.to_owned(),));
    };
    Effect::new(move || {
        if let (Some(panel), Some(field)) = (node.get(), field.get()) {
            _ = panel.show_popover();
            at.place(&panel);
            _ = field.focus();
        }
    });
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !node.get_untracked().is_some_and(|panel| panel.contains(target.as_ref())) {
            anchor.set(None);
        }
    });
    on_cleanup(move || outside.remove());
    let keys = move |event: leptos::ev::KeyboardEvent| {
        event.stop_propagation();
        let Some(panel) = node.get_untracked() else { return };
        match event.key().as_str() {
            "Escape" => {
                event.prevent_default();
                close();
            }
            "Enter" if !query.with_untracked(String::is_empty) && !event.is_composing() => {
                if let Some(first) = search(&query.get_untracked(), 1).first() {
                    event.prevent_default();
                    pick(first.text);
                }
            }
            _ => move_in_grid(&panel, &event),
        }
    };
    let content = move || {
        let words = query.get();
        if words.trim().is_empty() {
            let used: Vec<(String, String)> = recents().into_iter().map(|emoji| (emoji.clone(), emoji)).collect();
            let named = groups().iter().map(|group| (t(group_key(group.name)), named(&group.emoji)));
            std::iter::once((t("emoji-group-recent"), used))
                .chain(named)
                .map(|(name, emoji)| view! { <Grid name=name emoji=emoji pick=pick /> })
                .collect_view()
                .into_any()
        } else {
            let found = search(words.trim(), FOUND_MAX);
            let name = if found.is_empty() { t("emoji-nothing") } else { t("emoji-found") };
            view! { <Grid name=name emoji=named(&found) pick=pick /> }.into_any()
        }
    };
    view! {
        <div
            class="emoji-panel"
            popover="manual"
            role="dialog"
            aria-label=move || t("emoji-panel")
            node_ref=node
            on:keydown=keys
        >
            <TextField label=move || t("emoji-search") value=query kind=FieldKind::Search node_ref=field />
            <div class="emoji-panel__groups">{content}</div>
        </div>
    }
}

#[component]
fn Grid(
    name: String,
    emoji: Vec<(String, String)>,
    pick: impl Fn(&str) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let cell = move |(text, title): (String, String)| {
        let own = text.clone();
        view! { <button class="emoji-panel__cell" type="button" title=title on:click=move |_| pick(&own)>{text}</button> }
    };
    view! {
        <section class="emoji-panel__group">
            <h2 class="emoji-panel__title">{name}</h2>
            <div class="emoji-panel__grid">{emoji.into_iter().map(cell).collect_view()}</div>
        </section>
    }
}

fn named(emoji: &[Emoji]) -> Vec<(String, String)> {
    emoji.iter().map(|emoji| (emoji.text.to_owned(), format!(":{}:", emoji.code))).collect()
}

fn group_key(name: &str) -> &'static str {
    match name {
        "people" => key("emoji-group-people"),
        "hands" => key("emoji-group-hands"),
        "hearts" => key("emoji-group-hearts"),
        "nature" => key("emoji-group-nature"),
        "food" => key("emoji-group-food"),
        "things" => key("emoji-group-things"),
        _ => key("emoji-group-signs"),
    }
}

fn move_in_grid(panel: &web_sys::Element, event: &web_sys::KeyboardEvent) {
    let in_field = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>());
    let step = match event.key().as_str() {
        "ArrowDown" => COLUMNS,
        "ArrowUp" => -COLUMNS,
        "ArrowRight" if !in_field => 1,
        "ArrowLeft" if !in_field => -1,
        _ => return,
    };
    event.prevent_default();
    let Ok(cells) = panel.query_selector_all(".emoji-panel__cell") else { return };
    let active = document().active_element();
    let here = (0..cells.length()).position(|at| cells.item(at).is_some_and(|cell| active.as_ref() == cell.dyn_ref()));
    let to = here.map_or(0, |here| here as isize + step);
    let cell = u32::try_from(to).ok().and_then(|to| cells.item(to.min(cells.length().saturating_sub(1))));
    let target = match cell {
        Some(cell) => cell.dyn_into::<web_sys::HtmlElement>().ok(),
        None => panel.query_selector("input").ok().flatten().and_then(|input| input.dyn_into().ok()),
    };
    if let Some(target) = target {
        _ = target.focus();
    }
}
