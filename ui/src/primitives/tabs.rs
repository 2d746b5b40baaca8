//! Views of one thing, one at a time, switched by a row of words (arrow keys move).

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabItem {
    /// What `value` becomes.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl TabItem {
    /// A view.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A row of tabs. The caller shows the view of `value` below, in an element with `role="tabpanel"`.
#[component]
pub fn Tabs(
    /// What the row is about, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// The views.
    #[prop(into)]
    tabs: Signal<Vec<TabItem>>,
    /// Which one is shown; two-way.
    #[prop(into)]
    value: RwSignal<String>,
) -> impl IntoView {
    let step = move |event: leptos::ev::KeyboardEvent| {
        let by: isize = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        let all = tabs.get_untracked();
        let here = all.iter().position(|tab| tab.value == value.get_untracked()).unwrap_or_default();
        let next = (here as isize + by).rem_euclid(all.len().max(1) as isize) as usize;
        if let Some(tab) = all.get(next) {
            value.set(tab.value.clone());
        }
        let row = event.current_target().and_then(|row| row.dyn_into::<web_sys::Element>().ok());
        let tab = row.and_then(|row| row.children().item(next as u32));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
            _ = tab.focus();
        }
    };
    let row = move || {
        let tabs = tabs.get().into_iter();
        tabs.map(|tab| {
            let chosen = {
                let own = tab.value.clone();
                Signal::derive(move || value.get() == own)
            };
            view! {
                <button
                    class="tabs__tab"
                    type="button"
                    role="tab"
                    aria-selected=move || chosen.get().to_string()
                    tabindex=move || if chosen.get() { "0" } else { "-1" }
                    on:click=move |_| value.set(tab.value.clone())
                >
                    {tab.label}
                </button>
            }
        })
        .collect_view()
    };
    view! { <div class="tabs" role="tablist" aria-label=move || label.get() on:keydown=step>{row}</div> }
}
