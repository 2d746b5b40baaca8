//! A word about what is under the pointer or has the focus. Never the only place where something is said.

use std::cell::Cell;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// How long the pointer rests before the bubble comes.
const DELAY_MS: u64 = 450;
/// Between the bubble and what it speaks of, and between the bubble and the window's edge, in pixels.
const GAP_PX: f64 = 6.0;

/// The focus came by a key when it came no later than this after one that walks, in milliseconds.
const WALK_MS: f64 = 100.0;

/// Shows `text` beside its child while that is hovered or has the keyboard focus.
#[component]
pub fn Tooltip(
    /// What to say.
    #[prop(into)]
    text: Signal<String>,
    /// The chord that does the same; empty for none.
    #[prop(optional, into)]
    shortcut: Signal<String>,
    /// What it speaks of: one element.
    children: Children,
) -> impl IntoView {
    let wrap = NodeRef::<leptos::html::Span>::new();
    let shown = RwSignal::new(false);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let hide = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if shown.try_get_untracked() == Some(true) {
            shown.set(false);
        }
    };
    let show_soon = move |event: leptos::ev::PointerEvent| {
        if event.pointer_type() == "touch" {
            return;
        }
        hide();
        let show = move || _ = shown.try_set(true);
        waiting.set_value(set_timeout_with_handle(show, Duration::from_millis(DELAY_MS)).ok());
    };
    watch_keys();
    let show_for_keyboard = move |event: leptos::ev::FocusEvent| {
        // A dialog that opens focuses something while it is still finding its place: nobody asked for a word then.
        if !walked_here() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.matches(":focus-visible").unwrap_or(false)) {
            shown.set(true);
        }
    };
    on_cleanup(hide);
    view! {
        <span
            class="tooltip-wrap"
            node_ref=wrap
            on:pointerenter=show_soon
            on:pointerleave=move |_| hide()
            on:pointerdown=move |_| hide()
            on:focusin=show_for_keyboard
            on:focusout=move |_| hide()
            on:keydown=move |_| hide()
        >
            {children()}
            <Show when=move || shown.get()>
                <Bubble wrap=wrap text=text shortcut=shortcut />
            </Show>
        </span>
    }
}

#[component]
fn Bubble(wrap: NodeRef<leptos::html::Span>, text: Signal<String>, shortcut: Signal<String>) -> impl IntoView {
    let bubble = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        let (Some(bubble), Some(child)) = (bubble.get(), wrap.get().and_then(|wrap| wrap.first_element_child())) else {
            return;
        };
        // Without the top layer (very old engines) the bubble still shows, in place.
        _ = bubble.show_popover();
        place(&bubble, &child.get_bounding_client_rect());
    });
    view! {
        <div class="tooltip" popover="manual" role="tooltip" node_ref=bubble>
            {move || text.get()}
            <Show when=move || !shortcut.get().is_empty()>
                <kbd class="tooltip__chord">{move || shortcut.get()}</kbd>
            </Show>
        </div>
    }
}

thread_local! {
    /// When a key that walks was pressed last; `None` until the page listens.
    static WALKED_AT: Cell<Option<f64>> = const { Cell::new(None) };
}

/// Notes, for the whole page, when Tab, F6 or an arrow was pressed.
fn watch_keys() {
    if WALKED_AT.get().is_some() {
        return;
    }
    WALKED_AT.set(Some(f64::MIN));
    let note = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(|event: web_sys::KeyboardEvent| {
        if matches!(event.key().as_str(), "Tab" | "F6" | "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight") {
            WALKED_AT.set(Some(event.time_stamp()));
        }
    });
    // Before anyone else hears of it: the focus moves in their handlers.
    _ = window().add_event_listener_with_callback_and_bool("keydown", note.as_ref().unchecked_ref(), true);
    // Lives as long as the page.
    note.forget();
}

fn walked_here() -> bool {
    let now = window().performance().map_or(f64::MAX, |clock| clock.now());
    WALKED_AT.get().is_some_and(|at| now - at < WALK_MS)
}

/// Above the child where there is room, else below; inside the window.
fn place(bubble: &web_sys::HtmlElement, child: &web_sys::DomRect) {
    let size = bubble.get_bounding_client_rect();
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    let left = child.left() + (child.width() - size.width()) / 2.0;
    let left = left.min(width - size.width() - GAP_PX).max(GAP_PX);
    let above = child.top() - size.height() - GAP_PX;
    let top = if above >= GAP_PX { above } else { child.bottom() + GAP_PX };
    let style = web_sys::HtmlElement::style(bubble);
    _ = style.set_property("left", &format!("{left}px"));
    _ = style.set_property("top", &format!("{top}px"));
}
