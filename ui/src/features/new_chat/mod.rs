//! Making a group or channel, changing one, adding people to one.

mod add_members;
mod edit;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatKind, Command, DeviceStanding};

use crate::bridge::{self, Attempt};
use crate::features::people::PeoplePicker;
use crate::i18n::t;
use crate::keys::regions::focus_when_shown;
use crate::primitives::{Button, ButtonKind, Switch, TabItem, Tabs, TextField};
use crate::state::AppState;

pub use add_members::AddMembersDialog;
pub use edit::EditChatDialog;

/// Longest name, in characters; the server refuses more.
pub const NAME_CHARS_MAX: usize = 80;

/// Group or channel, its name, what it is about, who is in it.
#[component]
pub fn NewChatDialog() -> impl IntoView {
    let state = AppState::get();
    let kind = RwSignal::new("group".to_owned());
    let name = RwSignal::new(String::new());
    let about = RwSignal::new(String::new());
    let public = RwSignal::new(true);
    let encrypted = RwSignal::new(true);
    // A server without encryption has nothing to choose.
    let seals = Memo::new(move |_| state.devices.with(|(standing, _)| *standing != DeviceStanding::Unknown));
    let chosen = RwSignal::new(Vec::new());
    let attempt = Attempt::new();
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_shown(field);
    let is_channel = move || kind.with(|kind| kind == "channel");
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let channel = kind.with_untracked(|kind| kind == "channel");
        let command = Command::CreateChat {
            local_id: bridge::new_local_id(),
            kind: if channel { ChatKind::Channel } else { ChatKind::Group },
            name: name.get_untracked().trim().to_owned(),
            description: about.get_untracked().trim().to_owned(),
            members: chosen
                .with_untracked(|chosen: &Vec<view::PersonRow>| chosen.iter().map(|person| person.id).collect()),
            public: channel && public.get_untracked(),
            encrypted: !channel && seals.get_untracked() && encrypted.get_untracked(),
        };
        attempt.run(command, move |body| {
            if let ReplyBody::Chat { chat_id } = body {
                state.nav.open(chat_id);
            }
        });
    };
    let kinds = Signal::derive(move || {
        vec![TabItem::new("group", t("new-chat-group")), TabItem::new("channel", t("new-chat-channel"))]
    });
    let help = move || if is_channel() { t("new-chat-channel-help") } else { t("new-chat-group-help") };
    let unnamed = Signal::derive(move || name.with(|name| !name_is_good(name)));
    view! {
        <form class="new-chat" on:submit=create>
            <Tabs label=move || t("new-chat-kind") tabs=kinds value=kind />
            <p class="new-chat__help">{help}</p>
            <TextField label=move || t("new-chat-name") value=name node_ref=field />
            <TextField label=move || t("new-chat-about") value=about />
            <Show when=move || !is_channel() && seals.get()>
                <Switch
                    label=move || t("new-chat-encrypted")
                    help=move || t("new-chat-encrypted-help")
                    on=encrypted
                    on_change=move |on| encrypted.set(on)
                />
            </Show>
            <Show when=is_channel>
                <Switch
                    label=move || t("new-chat-public")
                    help=move || t("new-chat-public-help")
                    on=public
                    on_change=move |on| public.set(on)
                />
            </Show>
            <PeoplePicker chosen=chosen />
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
            <div class="dialog__actions dialog__actions--kept">
                <Button kind=ButtonKind::Primary submit=true busy=attempt.busy disabled=unnamed>{move || t("new-chat-create")}</Button>
            </div>
        </form>
    }
}

/// Not empty, not too long.
pub fn name_is_good(name: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&name.trim().chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_spaces_is_no_name() {
        assert!(!name_is_good("   ") && name_is_good("дизайн") && !name_is_good(&"я".repeat(81)));
    }
}
