//! Our mark: two pillars and the wave between them, an H that connects.

use leptos::prelude::*;

/// Draws the mark in the size of its box. Decoration: the name stands beside it as text.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="logo__plate" width="32" height="32" rx="9" />
            <path class="logo__pillars" d="M9 8.5v15M23 8.5v15" />
            <path class="logo__wave" d="M9 18.2c4.6 0 4.8-4.4 14-4.4" />
        </svg>
    }
}
