//! The first moment, before the host has said anything.

use leptos::prelude::*;

use crate::i18n::t;
use crate::primitives::{Logo, Spinner};

/// Our mark and a spinner that comes only when it takes long.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <main class="loading" aria-busy="true">
            <Logo />
            <span class="loading__wait"><Spinner /></span>
            <span class="visually-hidden" role="status">{move || t("common-loading")}</span>
        </main>
    }
}
