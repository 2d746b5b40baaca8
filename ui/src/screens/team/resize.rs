//! The edge by which the chat list is made wider or narrower: by pointer, or by arrow keys.

use leptos::prelude::*;
use web_sys::PointerEvent;

use crate::i18n::t;

/// Narrowest, usual and widest list, in pixels.
const WIDTH_PX: (i32, i32, i32) = (200, 280, 440);
/// One press of an arrow key, in pixels.
const STEP_PX: i32 = 16;
const STORED_AS: &str = "list-width-px";

/// The right edge of `target`.
#[component]
pub fn ResizeEdge(
    /// What gets wider.
    target: NodeRef<leptos::html::Nav>,
) -> impl IntoView {
    let width = RwSignal::new(stored().unwrap_or(WIDTH_PX.1));
    let dragging = RwSignal::new(false);
    Effect::new(move || {
        let Some(list) = target.get() else { return };
        let style = web_sys::HtmlElement::style(&list);
        // Refused only for names that are no property names.
        let _ = style.set_property("--list-width", &format!("{}px", width.get()));
    });
    let set = move |px: i32| {
        width.set(px.clamp(WIDTH_PX.0, WIDTH_PX.2));
        store(width.get_untracked());
    };
    let start = move |event: PointerEvent| {
        event.prevent_default();
        dragging.set(true);
        if let Some(edge) =
            event.target().and_then(|edge| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(edge).ok())
        {
            let _ = edge.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: PointerEvent| {
        if let Some(list) = target.get_untracked().filter(|_| dragging.get_untracked()) {
            set(event.client_x() - list.get_bounding_client_rect().left() as i32);
        }
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let now = width.get_untracked();
        match event.key().as_str() {
            "ArrowLeft" => set(now - STEP_PX),
            "ArrowRight" => set(now + STEP_PX),
            "Home" => set(WIDTH_PX.0),
            "End" => set(WIDTH_PX.2),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            class="resize-edge"
            class:resize-edge--dragging=move || dragging.get()
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=move || t("rail-resize")
            aria-valuemin=WIDTH_PX.0
            aria-valuemax=WIDTH_PX.2
            aria-valuenow=move || width.get()
            on:pointerdown=start
            on:pointermove=drag
            on:pointerup=move |_| dragging.set(false)
            on:pointercancel=move |_| dragging.set(false)
            on:dblclick=move |_| set(WIDTH_PX.1)
            on:keydown=keys
        />
    }
}

fn stored() -> Option<i32> {
    let text = window().local_storage().ok()??.get_item(STORED_AS).ok()??;
    text.parse::<i32>().ok().map(|px| px.clamp(WIDTH_PX.0, WIDTH_PX.2))
}

fn store(px: i32) {
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage only means that the width is not kept.
        let _ = storage.set_item(STORED_AS, &px.to_string());
    }
}
