//! Tab in the list: the list is one stop, for nobody wants to pass the names of a hundred messages on the way to the composer.
//! Arrow keys go to a message; from there Tab walks through what it holds, and then on to what comes after the list.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, Node};

const TABBABLE: &str = "button:not([disabled], [tabindex='-1']), [href], input:not([disabled]), textarea:not([disabled]), \
     select:not([disabled]), [tabindex]:not([tabindex='-1'])";
const MESSAGE: &str = "[data-message]";
/// The focus came by Shift+Tab when it came no later than this after one, in milliseconds.
const ENTER_MS: f64 = 100.0;

/// Moves the focus for Tab pressed in the list; false leaves it to the browser.
pub(super) fn step(event: &KeyboardEvent) -> bool {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return false;
    }
    let list = event.current_target().and_then(|list| list.dyn_into::<Element>().ok());
    let (Some(list), Some(active)) = (list, document().active_element()) else { return false };
    let message = active.closest(MESSAGE).ok().flatten();
    let back = event.shift_key();
    let stops = tabbable(message.as_ref().unwrap_or(&list));
    // Of the list itself: what belongs to no message, such as the button that loads a page again.
    let stops: Vec<HtmlElement> =
        stops.into_iter().filter(|stop| message.is_some() || stop.closest(MESSAGE).ok().flatten().is_none()).collect();
    let here = stops.iter().position(|stop| **stop == active);
    let next = match (here, back) {
        (None, false) => stops.first().cloned(),
        (Some(here), false) => stops.get(here + 1).cloned(),
        (Some(here), true) if here > 0 => stops.get(here - 1).cloned(),
        (Some(_), true) => message.or(Some(list.clone())).and_then(|element| element.dyn_into().ok()),
        (None, true) if message.is_some() => list.clone().dyn_into().ok(),
        // The browser goes on to what stands before the list.
        (None, true) => return false,
    };
    match next.or_else(|| after(&list)) {
        Some(next) => next.focus().is_ok(),
        None => false,
    }
}

/// Whoever comes into the list backwards comes to the list, not into its last message. `list` is the element that scrolls.
pub(super) fn watch_entry(list: NodeRef<leptos::html::Div>) -> impl Fn(&FocusEvent) + Copy {
    let back_at = StoredValue::new(f64::MIN);
    let keys = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Tab" && event.shift_key() {
            back_at.set_value(event.time_stamp());
        }
    });
    on_cleanup(move || keys.remove());
    move |event: &FocusEvent| {
        let Some(list) = list.get_untracked() else { return };
        let from = event.related_target().and_then(|from| from.dyn_into::<Node>().ok());
        let came_in = !from.is_some_and(|from| list.contains(Some(&from)));
        let to = event.target().and_then(|to| to.dyn_into::<Node>().ok());
        // A menu of the list lies beside it, not in it.
        let inside = to.is_some_and(|to| list.contains(Some(&to)) && !to.is_same_node(Some(&list)));
        if came_in && inside && event.time_stamp() - back_at.get_value() < ENTER_MS {
            _ = list.focus();
        }
    }
}

fn tabbable(root: &Element) -> Vec<HtmlElement> {
    let Ok(found) = root.query_selector_all(TABBABLE) else { return Vec::new() };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.get_bounding_client_rect().height() > 0.0)
        .collect()
}

/// The first stop behind the list.
fn after(list: &Element) -> Option<HtmlElement> {
    let body: Element = document().body()?.into();
    let behind = |stop: &HtmlElement| {
        let place = list.compare_document_position(stop);
        place & Node::DOCUMENT_POSITION_FOLLOWING != 0 && place & Node::DOCUMENT_POSITION_CONTAINED_BY == 0
    };
    tabbable(&body).into_iter().find(behind)
}
