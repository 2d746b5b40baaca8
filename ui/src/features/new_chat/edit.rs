//! Changing a chat: its name, what it is about, who may do what in it.

use leptos::prelude::*;
use view::{ChatId, ChatKind, Command, Rights, Role};

use super::name_is_good;
use crate::bridge::Attempt;
use crate::features::avatars::AvatarChoice;
use crate::features::chat_list::colour_seed;
use crate::i18n::{key, t};
use crate::primitives::{Button, ButtonKind, Select, SelectOption, Switch, TextArea, TextField};
use crate::state::AppState;

/// Name, description, whether a channel is in the directory, the rights of members, and of newcomers in an encrypted group.
#[component]
pub fn EditChatDialog(
    /// Which.
    chat: ChatId,
) -> impl IntoView {
    let state = AppState::get();
    let signal = state.chats.find(&chat)?;
    let row = signal.get_untracked();
    let (of, seed) = (Some(chat.clone()), colour_seed(&chat));
    let avatar = Signal::derive(move || signal.with(|row| row.avatar.clone()));
    let name = RwSignal::new(row.title);
    let about = RwSignal::new(row.description);
    let public = RwSignal::new(row.public);
    let is_channel = row.kind == ChatKind::Channel;
    let (kind, own, before, encrypted) = (row.kind, row.role, row.rights, row.encrypted);
    let rights = RwSignal::new(before);
    let attempt = Attempt::new();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = Command::UpdateChat {
            chat_id: chat.clone(),
            name: Some(name.get_untracked().trim().to_owned()),
            description: Some(about.get_untracked().trim().to_owned()),
            public: is_channel.then(|| public.get_untracked()),
            rights: Some(rights.get_untracked()).filter(|rights| *rights != before),
        };
        attempt.run(command, move |_| state.nav.dialog.set(None));
    };
    let unnamed = Signal::derive(move || name.with(|name| !name_is_good(name)));
    Some(view! {
        <form class="new-chat" on:submit=save>
            <AvatarChoice chat=of name=name id=seed avatar=avatar />
            <TextField label=move || t("new-chat-name") value=name />
            <TextArea label=move || t("new-chat-about") value=about />
            {is_channel.then(|| view! {
                <Switch
                    label=move || t("new-chat-public")
                    help=move || t("new-chat-public-help")
                    on=public
                    on_change=move |on| public.set(on)
                />
            })}
            <RightsChoice rights=rights kind=kind own=own />
            {(encrypted && kind == ChatKind::Group).then(|| view! {
                <Switch
                    label=move || t("rights-past")
                    help=move || t("rights-past-help")
                    on=Signal::derive(move || rights.with(|rights| rights.past))
                    on_change=move |on| rights.update(|rights| rights.past = on)
                />
            })}
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions dialog__actions--kept">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=unnamed>{move || t("common-save")}</Button>
            </div>
        </form>
    })
}

/// Who may write, pin, invite and mention everyone: four choices of a role.
#[component]
fn RightsChoice(rights: RwSignal<Rights>, kind: ChatKind, own: Option<Role>) -> impl IntoView {
    type Right = (&'static str, fn(&Rights, ChatKind) -> Role, fn(&mut Rights, Option<Role>), fn(ChatKind) -> Role);
    let all: [Right; 4] = [
        (
            key("rights-post"),
            |rights, _| rights.post_from(),
            |rights, role| rights.post = role,
            |_| Rights::default().post_from(),
        ),
        (
            key("rights-pin"),
            Rights::pin_from,
            |rights, role| rights.pin = role,
            |kind| Rights::default().pin_from(kind),
        ),
        (
            key("rights-invite"),
            Rights::invite_from,
            |rights, role| rights.invite = role,
            |kind| Rights::default().invite_from(kind),
        ),
        (
            key("rights-everyone"),
            Rights::everyone_from,
            |rights, role| rights.everyone = role,
            |kind| Rights::default().everyone_from(kind),
        ),
    ];
    let choices = all.map(|(words, now, set, usual)| {
        let value = Signal::derive(move || role_name(rights.with(|rights| now(rights, kind))).to_owned());
        // What only owners may is theirs to give.
        let options = Signal::derive(move || {
            let mut options =
                vec![SelectOption::new("member", t("rights-members")), SelectOption::new("admin", t("rights-admins"))];
            if own == Some(Role::Owner) || value.get() == "owner" {
                options.push(SelectOption::new("owner", t("rights-owner")));
            }
            options
        });
        let choose = move |name: String| {
            let role = role_named(&name);
            rights.update(|rights| set(rights, Some(role).filter(|role| *role != usual(kind))));
        };
        view! { <Select label=move || t(words) value=value options=options on_change=choose /> }
    });
    view! {
        <fieldset class="rights">
            <legend class="rights__title">{move || t("rights-title")}</legend>
            <div class="rights__choices">{choices.collect_view()}</div>
        </fieldset>
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::ReadOnly | Role::Member => "member",
        Role::Admin => "admin",
        Role::Owner => "owner",
    }
}

fn role_named(name: &str) -> Role {
    match name {
        "owner" => Role::Owner,
        "admin" => Role::Admin,
        _ => Role::Member,
    }
}
