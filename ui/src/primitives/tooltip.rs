//! A word about what is under the pointer or has the focus. Never the only place where something is said.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// How long the pointer rests before the bubble comes.
const DELAY_MS: u64 = 450;
/// Between the bubble and what it speaks of, and between the bubble and the window's edge, in pixels.
const GAP_PX: f64 = 6.0;

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
    let show_for_keyboard = move |event: leptos::ev::FocusEvent| {
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
