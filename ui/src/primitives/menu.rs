//! A list of actions at a point: arrow keys, first letters, Enter; Esc and a press elsewhere close it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Icon, IconName};

/// Between the menu and the window's edge, in pixels.
const EDGE_PX: f64 = 8.0;

/// Where a menu opens, in window pixels: its corner goes there, flipped when there is no room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MenuAnchor {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Where its lower edge goes when there is no room below `y` (the upper edge of the button).
    pub above: f64,
}

impl MenuAnchor {
    /// At the pointer.
    pub fn at_pointer(event: &web_sys::MouseEvent) -> Self {
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Self { x, y, above: y }
    }

    /// Below an element, or above it.
    pub fn at_element(element: &web_sys::Element) -> Self {
        let rect = element.get_bounding_client_rect();
        Self { x: rect.left(), y: rect.bottom() + 4.0, above: rect.top() - 4.0 }
    }

    /// Moves a shown popover here: flipped above when there is no room below, inside the window.
    pub fn place(self, popover: &web_sys::HtmlElement) {
        let size = popover.get_bounding_client_rect();
        let side = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|v| v.as_f64()).unwrap_or_default();
        let (width, height) = (side(window().inner_width()), side(window().inner_height()));
        let left = self.x.min(width - size.width() - EDGE_PX).max(EDGE_PX);
        let below = self.y + size.height() + EDGE_PX <= height;
        let top = if below { self.y.max(EDGE_PX) } else { (self.above - size.height()).max(EDGE_PX) };
        let style = web_sys::HtmlElement::style(popover);
        _ = style.set_property("left", &format!("{left}px"));
        _ = style.set_property("top", &format!("{top}px"));
    }
}

/// One action.
#[derive(Debug, Clone)]
pub struct MenuItem {
    /// The words.
    pub label: String,
    /// Before them.
    pub icon: Option<IconName>,
    /// What choosing does.
    pub on_select: Callback<()>,
    /// The chord that does the same; empty for none.
    pub shortcut: String,
    /// Destroys something.
    pub danger: bool,
    /// A line above.
    pub separated: bool,
}

impl MenuItem {
    /// An action with an icon.
    pub fn new(label: impl Into<String>, icon: IconName, on_select: impl Into<Callback<()>>) -> Self {
        let on_select = on_select.into();
        Self {
            label: label.into(),
            icon: Some(icon),
            on_select,
            shortcut: String::new(),
            danger: false,
            separated: false,
        }
    }

    /// With the chord that does the same.
    pub fn shortcut(self, chord: impl Into<String>) -> Self {
        Self { shortcut: chord.into(), ..self }
    }

    /// Destroys something: set apart and in red.
    pub fn danger(self) -> Self {
        Self { danger: true, separated: true, ..self }
    }
}

/// Shows `items` at `anchor` while that is set; the focus goes back where it was afterwards.
#[component]
pub fn Menu(
    /// Where it is open; `None` while closed. Two-way.
    #[prop(into)]
    anchor: RwSignal<Option<MenuAnchor>>,
    /// What it is about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The actions, asked for at each opening.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// Drawn above the actions: a row of reactions.
    #[prop(optional, into)]
    head: ViewFn,
) -> impl IntoView {
    let head = StoredValue::new(head);
    move || {
        let at = anchor.get()?;
        let head = head.with_value(ViewFn::run);
        Some(view! { <OpenMenu at=at anchor=anchor label=label items=items head=head /> })
    }
}

#[component]
fn OpenMenu(
    at: MenuAnchor,
    anchor: RwSignal<Option<MenuAnchor>>,
    label: Signal<String>,
    items: Signal<Vec<MenuItem>>,
    head: AnyView,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let before = StoredValue::new_local(document().active_element());
    let close = move || {
        anchor.set(None);
        let element = before.try_update_value(Option::take).flatten();
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = element.focus();
        }
    };
    Effect::new(move || {
        let Some(menu) = node.get() else { return };
        _ = menu.show_popover();
        at.place(&menu);
        focus_item(&menu, 0);
    });
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside = node.get_untracked().is_some_and(|menu| menu.contains(target.as_ref()));
        if !inside {
            anchor.set(None);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| anchor.set(None));
    on_cleanup(move || {
        outside.remove();
        resized.remove();
    });
    let keys = move |event: leptos::ev::KeyboardEvent| {
        if let Some(menu) = node.get_untracked() {
            move_by_key(&menu, &event, close);
        }
    };
    // As they are now: rows that change under the hand would take the focus with them, and the press would meet another.
    let rows = items.get_untracked().into_iter();
    let rows = rows.map(|item| {
            let choose = move |_| {
                close();
                item.on_select.run(());
            };
            view! {
                {item.separated.then(|| view! { <div class="menu__line" role="separator" /> })}
                <button class="menu__item" class:menu__item--danger=item.danger type="button" role="menuitem" tabindex="-1" on:click=choose>
                    {item.icon.map(|name| view! { <Icon name=name /> })}
                    <span class="menu__words">{item.label}</span>
                    {(!item.shortcut.is_empty()).then(|| view! { <kbd class="menu__chord">{item.shortcut}</kbd> })}
                </button>
            }
    });
    let rows = rows.collect_view();
    view! {
        <div class="menu" popover="manual" role="menu" aria-label=move || label.get() node_ref=node on:keydown=keys>
            {head}
            {rows}
        </div>
    }
}

fn items_of(menu: &web_sys::Element) -> Vec<web_sys::HtmlElement> {
    let Ok(found) = menu.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn focus_item(menu: &web_sys::Element, at: usize) {
    if let Some(item) = items_of(menu).get(at) {
        _ = item.focus();
    }
}

fn move_by_key(menu: &web_sys::Element, event: &web_sys::KeyboardEvent, close: impl Fn()) {
    let items = items_of(menu);
    let active = document().active_element();
    let here = items.iter().position(|item| Some(item.unchecked_ref()) == active.as_ref());
    let count = items.len().max(1);
    let key = event.key();
    let to = match key.as_str() {
        "ArrowDown" | "ArrowRight" => here.map_or(0, |here| (here + 1) % count),
        "ArrowUp" | "ArrowLeft" => here.map_or(count - 1, |here| (here + count - 1) % count),
        "Home" => 0,
        "End" => count - 1,
        "Escape" | "Tab" => {
            event.prevent_default();
            event.stop_propagation();
            return close();
        }
        letter if letter.chars().count() == 1 && letter != " " => {
            let starts = |item: &web_sys::HtmlElement| {
                item.text_content().is_some_and(|text| text.to_lowercase().starts_with(&letter.to_lowercase()))
            };
            let after = here.map_or(0, |here| here + 1);
            match (after..after + count).map(|at| at % count).find(|at| items.get(*at).is_some_and(starts)) {
                Some(to) => to,
                None => return,
            }
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    focus_item(menu, to);
}
