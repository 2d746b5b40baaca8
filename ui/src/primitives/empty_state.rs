//! What a pane says while it has nothing to show: why, and what to do about it.

use leptos::prelude::*;

use super::{Icon, IconName, IconSize};

/// A calm message in the middle of a pane.
#[component]
pub fn EmptyState(
    /// The drawing above.
    #[prop(into)]
    icon: Signal<IconName>,
    /// One line: what is (not) here.
    #[prop(into)]
    title: Signal<String>,
    /// Why, or what to do; may be empty.
    #[prop(optional, into)]
    text: Signal<String>,
    /// Buttons below.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <span class="empty-state__plate"><Icon name=icon size=IconSize::Large /></span>
            <p class="empty-state__title">{move || title.get()}</p>
            <Show when=move || !text.get().is_empty()>
                <p class="empty-state__text">{move || text.get()}</p>
            </Show>
            {children.map(|children| view! { <div class="empty-state__actions">{children()}</div> })}
        </div>
    }
}
