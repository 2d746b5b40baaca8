//! Changing one's own profile.

use leptos::prelude::*;
use view::{Command, Contact};

use crate::bridge::Attempt;
use crate::features::avatars::AvatarChoice;
use crate::features::status::status_words;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, FieldKind, IconName, TextArea, TextField};
use crate::state::{AppState, Dialog};

/// Name, status and a few words, as others see them.
#[component]
pub fn ProfileForm() -> impl IntoView {
    let state = AppState::get();
    let me = state.stage.with_untracked(|stage| match stage {
        view::Stage::Ready { me } => Some(me.person.clone()),
        _ => None,
    });
    let me = me?;
    let id = me.id.0;
    let name = RwSignal::new(me.name);
    let bio = RwSignal::new(me.bio);
    let avatar = Signal::derive(move || state.me().and_then(|me| me.person.avatar));
    let known = state.contact.get_untracked();
    let (email, phone) = (RwSignal::new(known.email), RwSignal::new(known.phone));
    let contact = move || Contact { email: email.get().trim().to_owned(), phone: phone.get().trim().to_owned() };
    let wrong = move || if contact().is_good() { String::new() } else { t("profile-contact-wrong") };
    let said = move || match state.me().map(|me| status_words(&state.people.fresh(&me.person))) {
        Some(words) if !words.is_empty() => words,
        _ => t("status-set"),
    };
    let attempt = Attempt::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = Command::UpdateProfile {
            display_name: Some(name.get_untracked().trim().to_owned()),
            bio: Some(bio.get_untracked().trim().to_owned()),
            custom_status: None,
        };
        let contact =
            Contact { email: email.get_untracked().trim().to_owned(), phone: phone.get_untracked().trim().to_owned() };
        let done = untrack(|| t("profile-saved"));
        attempt.run(command, move |_| {
            if contact != state.contact.get_untracked() {
                crate::bridge::tell(state, Command::SetContact { contact });
            }
            state.toasts.done(done);
        });
    };
    let empty = Signal::derive(move || name.with(|name| name.trim().is_empty()) || !contact().is_good());
    Some(view! {
        <form class="profile-form" on:submit=save>
            <AvatarChoice chat=None name=name id=id avatar=avatar />
            <TextField label=move || t("profile-name") value=name />
            <div class="field">
                <span class="field__label">{move || t("people-status")}</span>
                <Button icon=IconName::React on_press=move || state.nav.dialog.set(Some(Dialog::Status))>{said}</Button>
            </div>
            <TextArea label=move || t("people-about") value=bio error=attempt.words() />
            <TextField label=move || t("people-email") value=email kind=FieldKind::Email />
            <TextField label=move || t("people-phone") value=phone kind=FieldKind::Phone help=move || t("profile-contact-help") error=wrong />
            <div class="profile-form__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=empty>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}
