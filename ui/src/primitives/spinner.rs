//! Something is going on that has no measurable progress.

use leptos::prelude::*;

/// How large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpinnerSize {
    /// 16 px.
    Small,
    /// 20 px.
    #[default]
    Medium,
    /// 28 px: a whole pane.
    Large,
}

/// A turning arc in the colour of the text around it. Decoration: what goes on is said in words beside it.
#[component]
pub fn Spinner(
    /// How large.
    #[prop(optional)]
    size: SpinnerSize,
) -> impl IntoView {
    let class = match size {
        SpinnerSize::Small => "spinner spinner--small",
        SpinnerSize::Medium => "spinner",
        SpinnerSize::Large => "spinner spinner--large",
    };
    view! {
        <svg class=class viewBox="0 0 20 20" aria-hidden="true">
            <circle class="spinner__track" cx="10" cy="10" r="7.5" />
            <path d="M10 2.5a7.5 7.5 0 0 1 7.5 7.5" />
        </svg>
    }
}
