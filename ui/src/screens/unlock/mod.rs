//! The cache wants a passphrase: the one made before, or a new one where the system has no keyring.

use leptos::prelude::*;
use view::{Command, HostCommand};

use crate::bridge::Attempt;
use crate::i18n::{key, t};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, FieldKind, IconName, Logo, TextField};

/// Shortest passphrase, in characters.
const PASSPHRASE_CHARS_MIN: usize = 8;

/// Asks for the passphrase.
#[component]
pub fn Unlock(
    /// One is to be made.
    new: bool,
    /// It is the app lock's.
    lock: bool,
) -> impl IntoView {
    let passphrase = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let trouble = Memo::new(move |_| match (new, passphrase.get(), again.get()) {
        (false, ..) => "",
        (true, text, _) if text.chars().count() < PASSPHRASE_CHARS_MIN => key("unlock-short"),
        (true, text, again) if text != again => key("unlock-differs"),
        _ => "",
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if trouble.get_untracked().is_empty() && passphrase.with_untracked(|text| !text.is_empty()) {
            attempt.run(Command::Unlock { passphrase: passphrase.get_untracked() }, |_| {});
        }
    };
    let shown = move |mine: &'static str| if tried.get() && trouble.get() == mine { t(mine) } else { String::new() };
    let failure = attempt.words();
    let (title, lead, kind) = if new {
        (key("unlock-new-title"), key("unlock-new-lead"), FieldKind::NewPassword)
    } else {
        (key("unlock-title"), key("unlock-lead"), FieldKind::Password)
    };
    let first_error = move || if new { shown(key("unlock-short")) } else { failure.get() };
    view! {
        <div class="welcome">
            <main class="welcome__main">
                <form class="welcome__column" on:submit=submit>
                    <div class="welcome__logo"><Logo /></div>
                    <h1>{move || t(title)}</h1>
                    <p class="choices__lead">{move || t(lead)}</p>
                    <TextField label=move || t("unlock-passphrase") value=passphrase kind=kind error=first_error />
                    {new.then(|| view! {
                        <TextField
                            label=move || t("unlock-again")
                            value=again
                            kind=FieldKind::NewPassword
                            error=move || { let differs = shown(key("unlock-differs")); if differs.is_empty() { failure.get() } else { differs } }
                        />
                    })}
                    <Button kind=ButtonKind::Primary size=ControlSize::Large submit=true busy=attempt.busy>
                        {move || if new { t("unlock-make") } else { t("unlock-open") }}
                    </Button>
                    {lock.then(|| view! { <Forgotten /> })}
                </form>
            </main>
        </div>
    }
}

/// The way out for who forgot it, with its price; asked for twice.
#[component]
fn Forgotten() -> impl IntoView {
    let sure = RwSignal::new(false);
    let attempt = Attempt::new();
    let forget = move || attempt.run(Command::Host { host: HostCommand::ForgetLock }, |_| {});
    view! {
        <Show
            when=move || sure.get()
            fallback=move || view! {
                <Button kind=ButtonKind::Ghost on_press=move || sure.set(true)>{move || t("lock-forgot")}</Button>
            }
        >
            <Banner tone=BannerTone::Warning icon=IconName::Warning text=move || t("lock-forgot-means") />
            <Button kind=ButtonKind::Danger busy=attempt.busy on_press=forget>{move || t("lock-forgot-sure")}</Button>
            <Button kind=ButtonKind::Ghost on_press=move || sure.set(false)>{move || t("common-cancel")}</Button>
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
        </Show>
    }
}
