//! What this is, and whose work it stands on.

use leptos::prelude::*;

use crate::i18n::{t, t_with};
use crate::primitives::Logo;

/// Name, version, licences.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <div class="settings__about">
            <Logo />
            <div>
                <h2 class="settings__name">{move || t("common-app-name")}</h2>
                <p class="settings__note">{move || t_with("settings-version", &[("version", env!("CARGO_PKG_VERSION").into())])}</p>
            </div>
        </div>
        <p>{move || t("settings-about-text")}</p>
        <p class="settings__note">{move || t("settings-about-licences")}</p>
    }
}
