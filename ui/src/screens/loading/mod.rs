//! The first moment, before the host has said anything; or why it does not.

use leptos::prelude::*;

use crate::bridge;
use crate::i18n::{failure_words, t};
use crate::primitives::{Button, ButtonKind, EmptyState, IconName, Logo, Spinner};
use crate::state::AppState;

/// Our mark and a spinner that comes only when it takes long.
#[component]
pub fn Loading() -> impl IntoView {
    let state = AppState::get();
    let failure = move || state.start_failure.get();
    let words = move || failure().map(failure_words).unwrap_or_default();
    view! {
        <main class="loading" aria-busy=move || failure().is_none().to_string()>
            <h1 class="visually-hidden">{move || t("common-app-name")}</h1>
            <Show when=move || failure().is_some() fallback=|| view! { <Waiting /> }>
                <EmptyState icon=IconName::Warning title=move || t("common-could-not-start") text=words>
                    <Button kind=ButtonKind::Primary icon=IconName::Retry on_press=move || bridge::start(state)>
                        {move || t("common-try-again")}
                    </Button>
                </EmptyState>
            </Show>
        </main>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <Logo />
        <span class="loading__wait"><Spinner /></span>
        <span class="visually-hidden" role="status">{move || t("common-loading")}</span>
    }
}
