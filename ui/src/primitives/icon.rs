//! One drawing of our own set, in the colour of the text around it. Says nothing to screen readers; tests find buttons and menu
//! items by `data-icon`, which no language changes.

use leptos::prelude::*;

use super::icon_paths::IconName;

/// How large an icon is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IconSize {
    /// 16 px: beside small text.
    Small,
    /// 20 px.
    #[default]
    Medium,
    /// 28 px: empty states, big choices.
    Large,
}

/// Draws `name`. The button or text around it carries the accessible name.
#[component]
pub fn Icon(
    /// Which drawing.
    #[prop(into)]
    name: Signal<IconName>,
    /// How large.
    #[prop(optional)]
    size: IconSize,
) -> impl IntoView {
    let class = match size {
        IconSize::Small => "icon icon--small",
        IconSize::Medium => "icon",
        IconSize::Large => "icon icon--large",
    };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true" focusable="false" data-icon=move || format!("{:?}", name.get())>
            <path d=move || name.get().path() />
        </svg>
    }
}
