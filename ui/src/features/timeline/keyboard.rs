//! The keys of the timeline: arrows walk over the messages, Enter opens the menu, End goes to the newest.

use std::sync::Arc;

use leptos::prelude::*;
use view::MessageId;
use wasm_bindgen::JsCast;

use super::items::{Item, ItemKind};
use crate::features::message::MessageContext;
use crate::primitives::{Align, MenuAnchor, VirtualHandle, VirtualRow};
use crate::state::Timeline;

/// Handles a key pressed in the list; true when it was one of ours.
pub(super) fn handle_key(
    event: &web_sys::KeyboardEvent,
    timeline: Timeline,
    items: &Arc<Vec<Item>>,
    list: VirtualHandle,
    context: MessageContext,
) -> bool {
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.default_prevented() {
        return false;
    }
    let focused = focused_message();
    match event.key().as_str() {
        "ArrowUp" => walk(timeline, items, list, focused.as_deref(), -1),
        "ArrowDown" => walk(timeline, items, list, focused.as_deref(), 1),
        "Enter" if focused.is_some() && target_is_message(event) => open_menu(timeline, context, focused.as_deref()),
        _ => false,
    }
}

/// Puts the focus on a message that is (about to be) drawn, unless it has gone elsewhere by then.
pub(super) fn focus_message(id: &MessageId) {
    let selector = format!("[data-message=\"{id}\"]");
    let before = document().active_element();
    let focus = move || {
        let now = document().active_element();
        if now != before && now != document().body().map(Into::into) {
            return;
        }
        let found = document().query_selector(&selector).ok().flatten();
        if let Some(element) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            _ = element.focus_with_options(&options);
        }
    };
    // The row is drawn in this frame, the scroll position settles in the next.
    request_animation_frame(move || request_animation_frame(focus));
}

fn walk(timeline: Timeline, items: &[Item], list: VirtualHandle, focused: Option<&str>, by: isize) -> bool {
    let id_at = |item: &Item| match item.kind {
        ItemKind::Message { index, .. } => {
            timeline.rows.with_untracked(|rows| rows.get(index as usize).map(|row| row.id.clone()))
        }
        _ => None,
    };
    let here = focused.and_then(|id| items.iter().rposition(|item| id_at(item).is_some_and(|own| own.as_str() == id)));
    // From outside one enters at the newest that is in sight.
    let mut at = match here {
        Some(here) => here as isize + by,
        None => list.visible_untracked().end as isize - 1,
    };
    let step = if here.is_some() { by } else { -1 };
    while let Some(item) = usize::try_from(at).ok().and_then(|at| items.get(at)) {
        if let Some(id) = id_at(item) {
            list.scroll_to(item.key(), Align::Nearest);
            focus_message(&id);
            return true;
        }
        at += step;
    }
    here.is_some()
}

fn open_menu(timeline: Timeline, context: MessageContext, focused: Option<&str>) -> bool {
    let element = document().active_element();
    let row = focused.and_then(MessageId::new).and_then(|id| timeline.find(&id));
    match (row, element) {
        (Some(row), Some(element)) => {
            context.open_menu(&row, MenuAnchor::at_element(&element));
            true
        }
        _ => false,
    }
}

/// The id of the message that has the focus or in which something has.
fn focused_message() -> Option<String> {
    document().active_element()?.closest("[data-message]").ok()??.get_attribute("data-message")
}

fn target_is_message(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.has_attribute("data-message"))
}
