//! The page: state, bridge, and the screen that the host's stage asks for.

use leptos::prelude::*;

use crate::bridge;
use crate::state::{AppState, preferences};

/// The whole interface.
#[component]
pub fn App() -> impl IntoView {
    let state = AppState::new();
    provide_context(state);
    preferences::keep_page_in_step(state);
    bridge::connect(state);
    view! { <main></main> }
}
