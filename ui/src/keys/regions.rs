//! The parts of the window that F6 walks through: elements with `data-region`, in the order of the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const FOCUSABLE: &str = "button:not([disabled]), [href], input:not([disabled]), textarea:not([disabled]), \
     select:not([disabled]), [tabindex]:not([tabindex='-1'])";

/// Moves the focus to the next region on screen, or the one before.
pub fn step(forward: bool) {
    let regions = visible_regions();
    if regions.is_empty() {
        return;
    }
    let focused = document().active_element();
    let here = regions.iter().position(|region| region.contains(focused.as_deref()));
    focus_inside(&regions[next_index(here, regions.len(), forward)]);
}

/// Focuses where one writes; `false` when no chat is open.
pub fn focus_composer() -> bool {
    let composer = document().query_selector("[data-composer]").ok().flatten();
    let composer = composer.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    composer.is_some_and(|element| element.focus().is_ok())
}

/// Focuses a field as soon as it is on the page.
pub fn focus_when_shown(field: NodeRef<leptos::html::Input>) {
    Effect::new(move || {
        if let Some(field) = field.get() {
            // In the next frame the dialog around it is open.
            request_animation_frame(move || _ = field.focus());
        }
    });
}

/// Which region comes next; with the focus nowhere, the first or the last.
fn next_index(here: Option<usize>, count: usize, forward: bool) -> usize {
    match (here, forward) {
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
        (None, true) => 0,
        (None, false) => count - 1,
    }
}

fn visible_regions() -> Vec<HtmlElement> {
    let Ok(list) = document().query_selector_all("[data-region]") else { return Vec::new() };
    (0..list.length())
        .filter_map(|index| list.get(index)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_width() > 0 && element.offset_height() > 0)
        .collect()
}

/// The region's own choice (`data-region-focus`, the selected row, the composer), else the first that takes the focus.
fn focus_inside(region: &HtmlElement) {
    let choices = ["[data-region-focus]", "[aria-current='true']", "[data-composer]", FOCUSABLE];
    let found = choices.iter().find_map(|choice| region.query_selector(choice).ok().flatten());
    let target = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()).unwrap_or_else(|| region.clone());
    // An element that has just gone cannot be focused: nothing to do then.
    let _ = target.focus();
}

#[cfg(test)]
mod tests {
    use super::next_index;

    #[test]
    fn f6_goes_round_and_shift_f6_goes_back() {
        assert_eq!(next_index(None, 4, true), 0);
        assert_eq!(next_index(Some(3), 4, true), 0);
        assert_eq!(next_index(Some(0), 4, false), 3);
        assert_eq!(next_index(None, 4, false), 3);
    }
}
