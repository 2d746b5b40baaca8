//! The three choices of the desktop app.

use leptos::prelude::*;

use super::Step;
use crate::i18n::{key, t};
use crate::primitives::{Icon, IconName, IconSize};

/// Host · Join · Sign in.
#[component]
pub fn Choices(
    /// This build can host.
    can_host: bool,
    /// Where a choice leads; two-way.
    step: RwSignal<Step>,
) -> impl IntoView {
    view! {
        <div class="choices">
            <h1 class="choices__title">{move || t("welcome-title")}</h1>
            <p class="choices__lead">{move || t("welcome-lead")}</p>
            {can_host.then(|| view! {
                <Choice icon=IconName::Server title=key("welcome-host") text=key("welcome-host-help") main=true on_press=move || step.set(Step::Host) />
            })}
            <Choice icon=IconName::Link title=key("welcome-join") text=key("welcome-join-help") main=!can_host on_press=move || step.set(Step::Join) />
            <Choice icon=IconName::LogIn title=key("welcome-sign-in") text=key("welcome-sign-in-help") on_press=move || step.set(Step::SignIn) />
        </div>
    }
}

/// One big choice.
#[component]
fn Choice(
    icon: IconName,
    title: &'static str,
    text: &'static str,
    #[prop(optional)] main: bool,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button class="choice" class:choice--main=main type="button" on:click=move |_| on_press.run(())>
            <span class="choice__plate"><Icon name=icon size=IconSize::Large /></span>
            <span class="choice__lines">
                <span class="choice__title">{move || t(title)}</span>
                <span class="choice__text">{move || t(text)}</span>
            </span>
            <Icon name=IconName::ChevronRight />
        </button>
    }
}
