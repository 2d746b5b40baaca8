//! Entering a team: a new account, or one that is there already.

use leptos::prelude::*;
use view::{Command, ServerTarget};

use crate::bridge::Attempt;
use crate::i18n::{key, t};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, FieldKind, IconName, TextField};

/// Length of a username, in characters.
const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 2..=32;
/// Shortest password, in characters.
const PASSWORD_CHARS_MIN: usize = 8;

/// What a form says about a field; empty when it is well.
fn username_trouble(name: &str) -> &'static str {
    let name = name.trim();
    if !USERNAME_CHARS.contains(&name.chars().count()) {
        return key("account-username-length");
    }
    if !name.chars().all(|letter| letter.is_alphanumeric() || "._-".contains(letter)) {
        return key("account-username-letters");
    }
    ""
}

/// Registers or logs in at `server`; the host then says [`view::Stage::Ready`].
#[component]
pub fn AccountForm(
    /// Where.
    #[prop(into)]
    server: Signal<ServerTarget>,
    /// Begins with "new account" (else with "I have one").
    #[prop(optional)]
    new: bool,
) -> impl IntoView {
    let making = RwSignal::new(new);
    let username = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let attempt = Attempt::new();
    let bad_name = Memo::new(move |_| username.with(|name| username_trouble(name)));
    let short = Memo::new(move |_| password.with(|text| text.chars().count() < PASSWORD_CHARS_MIN));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        let (username, password) = (username.get_untracked().trim().to_owned(), password.get_untracked());
        let new = making.get_untracked();
        if username.is_empty()
            || password.is_empty()
            || (new && (!bad_name.get_untracked().is_empty() || short.get_untracked()))
        {
            return;
        }
        let server = server.get_untracked();
        let command = if new {
            Command::Register { server, username, password, display_name: name.get_untracked().trim().to_owned() }
        } else {
            Command::Login { server, username, password }
        };
        attempt.run(command, |_| {});
    };
    let error = move |trouble: &'static str| {
        if tried.get() && making.get() && !trouble.is_empty() { t(trouble) } else { String::new() }
    };
    let switch = move || {
        making.update(|making| *making = !*making);
        attempt.failure.set(None);
        tried.set(false);
    };
    view! {
        <form class="account-form" on:submit=submit>
            <TextField
                label=move || t("account-username")
                value=username
                kind=FieldKind::Username
                help=move || if making.get() { t("account-username-help") } else { String::new() }
                error=move || error(bad_name.get())
            />
            <Show when=move || making.get()>
                <TextField label=move || t("account-name") value=name help=move || t("account-name-help") />
            </Show>
            <Show
                when=move || making.get()
                fallback=move || view! { <TextField label=move || t("account-password") value=password kind=FieldKind::Password /> }
            >
                <TextField
                    label=move || t("account-password")
                    value=password
                    kind=FieldKind::NewPassword
                    help=move || t("account-password-help")
                    error=move || error(if short.get() { key("account-password-short") } else { "" })
                />
            </Show>
            <div role="alert">
                <Show when=move || attempt.failure.get().is_some()>
                    <Banner tone=BannerTone::Critical icon=IconName::Warning text=attempt.words() />
                </Show>
            </div>
            <Button kind=ButtonKind::Primary size=ControlSize::Large submit=true busy=attempt.busy>
                {move || if making.get() { t("account-register") } else { t("account-login") }}
            </Button>
            <Button kind=ButtonKind::Ghost on_press=switch>
                {move || if making.get() { t("account-have-one") } else { t("account-make-one") }}
            </Button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::username_trouble;

    #[test]
    fn a_username_has_two_letters_and_no_spaces() {
        assert_eq!(username_trouble("анна"), "");
        assert_eq!(username_trouble("a"), "account-username-length");
        assert_eq!(username_trouble("anna p"), "account-username-letters");
    }
}
