//! A browser: another tab shows the messenger. One tab at a time holds the cache; this one can take it back.

use leptos::prelude::*;
use view::Command;

use crate::bridge::Attempt;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, EmptyState, IconName};

/// Says so, and offers to go on here.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let attempt = Attempt::new();
    let here = move || attempt.run(Command::Start, |_| {});
    view! {
        <main class="loading">
            <h1 class="visually-hidden">{move || t("common-app-name")}</h1>
            <EmptyState icon=IconName::External title=move || t("elsewhere-title") text=move || t("elsewhere-text")>
                <Button kind=ButtonKind::Primary busy=attempt.busy on_press=here>{move || t("elsewhere-here")}</Button>
            </EmptyState>
        </main>
    }
}
