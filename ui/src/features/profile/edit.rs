//! Changing one's own profile.

use leptos::prelude::*;
use view::Command;

use crate::bridge::Attempt;
use crate::features::avatars::AvatarChoice;
use crate::i18n::t;
use crate::primitives::{Button, ButtonKind, TextArea, TextField};
use crate::state::AppState;

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
    let status = RwSignal::new(me.custom_status);
    let bio = RwSignal::new(me.bio);
    let avatar = Signal::derive(move || state.me().and_then(|me| me.person.avatar));
    let attempt = Attempt::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = Command::UpdateProfile {
            display_name: Some(name.get_untracked().trim().to_owned()),
            bio: Some(bio.get_untracked().trim().to_owned()),
            custom_status: Some(status.get_untracked().trim().to_owned()),
        };
        let done = untrack(|| t("profile-saved"));
        attempt.run(command, move |_| state.toasts.done(done));
    };
    let empty = Signal::derive(move || name.with(|name| name.trim().is_empty()));
    Some(view! {
        <form class="profile-form" on:submit=save>
            <AvatarChoice chat=None name=name id=id avatar=avatar />
            <TextField label=move || t("profile-name") value=name />
            <TextField label=move || t("people-status") value=status placeholder=move || t("profile-status-example") />
            <TextArea label=move || t("people-about") value=bio error=attempt.words() />
            <div class="profile-form__actions">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=empty>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}
