//! The cache's key is in the system's keyring, and the keyring did not open: wait for it, or start over without.

use leptos::prelude::*;
use view::{Command, HostCommand};

use crate::bridge::Attempt;
use crate::i18n::t;
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, IconName, Logo};

/// Says so. Trying again is the way back to the messages; starting over is asked for twice.
#[component]
pub fn KeyringClosed() -> impl IntoView {
    let sure = RwSignal::new(false);
    let attempt = Attempt::new();
    let ask = move |host: HostCommand| attempt.run(Command::Host { host }, |_| {});
    view! {
        <div class="welcome">
            <main class="welcome__main">
                <div class="welcome__column">
                    <div class="welcome__logo"><Logo /></div>
                    <h1>{move || t("keyring-title")}</h1>
                    <p class="choices__lead">{move || t("keyring-lead")}</p>
                    <Button
                        kind=ButtonKind::Primary
                        size=ControlSize::Large
                        busy=attempt.busy
                        on_press=move || ask(HostCommand::AskKeyring)
                    >
                        {move || t("keyring-again")}
                    </Button>
                    <Show
                        when=move || sure.get()
                        fallback=move || view! {
                            <Button kind=ButtonKind::Ghost on_press=move || sure.set(true)>{move || t("keyring-without")}</Button>
                        }
                    >
                        <Banner tone=BannerTone::Warning icon=IconName::Info text=move || t("keyring-without-means") />
                        <Button kind=ButtonKind::Danger on_press=move || ask(HostCommand::WithoutKeyring)>
                            {move || t("keyring-without-sure")}
                        </Button>
                        <Button kind=ButtonKind::Ghost on_press=move || sure.set(false)>{move || t("common-cancel")}</Button>
                    </Show>
                </div>
            </main>
        </div>
    }
}
