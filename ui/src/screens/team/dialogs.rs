//! The dialog on top of the team, one at a time.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::features::avatars::CropDialog;
use crate::features::channels::ChannelsDialog;
use crate::features::command_palette::CommandPalette;
use crate::features::disappearing::DisappearingDialog;
use crate::features::encryption::{ConfirmDialog, TurnOnDialog};
use crate::features::folders::{ChatFoldersDialog, FolderDialog};
use crate::features::forward::ForwardDialog;
use crate::features::go_to_date::GoToDateDialog;
use crate::features::invite::{InviteDialog, JoinLinkDialog};
use crate::features::members_panel::GiveChatDialog;
use crate::features::message::VersionsDialog;
use crate::features::new_chat::{AddMembersDialog, EditChatDialog, NewChatDialog};
use crate::features::people::PeopleDialog;
use crate::features::polls::{NewPollDialog, VotersDialog};
use crate::features::profile::ProfileDialog;
use crate::features::quick_switcher::QuickSwitcher;
use crate::features::shortcuts::ShortcutsDialog;
use crate::features::status::StatusDialog;
use crate::features::team_emoji::TeamEmojiDialog;
use crate::features::themes::ThemeDialog;
use crate::i18n::{key, t};
use crate::primitives::{self, DialogWidth};
use crate::state::{AppState, Dialog};

/// What lies over the team.
#[component]
pub fn Dialogs() -> impl IntoView {
    let nav = AppState::get().nav;
    give_focus_back(nav);
    // Each kind is a `<dialog>` of its own, so that its title and width are its own.
    move || {
        let dialog = nav.dialog.get()?;
        let wide = matches!(
            dialog,
            Dialog::People | Dialog::Channels | Dialog::Shortcuts | Dialog::QuickSwitcher | Dialog::CommandPalette
        );
        let width = if wide { DialogWidth::Wide } else { DialogWidth::Normal };
        let title = title_key(&dialog);
        let content = StoredValue::new(dialog);
        Some(view! {
            <primitives::Dialog
                open=Signal::stored(true)
                on_close=move || nav.dialog.set(None)
                title=move || t(title)
                close_label=move || t("common-close")
                width=width
            >
                {content.with_value(Dialog::clone).content()}
            </primitives::Dialog>
        })
    }
}

/// Once the last dialog has closed, the focus goes back to what had it before the first opened.
fn give_focus_back(nav: crate::state::Navigation) {
    let before = StoredValue::new_local(None::<web_sys::HtmlElement>);
    Effect::new(move |was_open: Option<bool>| {
        let open = nav.dialog.with(Option::is_some);
        match (was_open.unwrap_or(false), open) {
            (false, true) => {
                let active = document().active_element().and_then(|element| element.dyn_into().ok());
                before.set_value(active);
            }
            (true, false) => {
                let element = before.try_update_value(Option::take).flatten();
                // A chat that was opened meanwhile has its own wish.
                if let Some(element) = element.filter(|element| element.is_connected()) {
                    request_animation_frame(move || _ = element.focus());
                }
            }
            _ => {}
        }
        open
    });
}

fn title_key(dialog: &Dialog) -> &'static str {
    match dialog {
        Dialog::QuickSwitcher => key("keys-quick-switcher"),
        Dialog::CommandPalette => key("keys-command-palette"),
        Dialog::Shortcuts => key("keys-shortcuts"),
        Dialog::NewChat => key("chats-new-group"),
        Dialog::People => key("rail-people"),
        Dialog::Channels => key("chats-find-channel"),
        Dialog::Invite(None) => key("invite-title"),
        Dialog::Invite(Some(_)) => key("invite-title-chat"),
        Dialog::JoinLink => key("invite-join"),
        Dialog::Profile(_) => key("header-profile"),
        Dialog::EditChat(_) => key("header-edit"),
        Dialog::AddMembers(_) => key("members-add"),
        Dialog::Forward(..) => key("forward-title"),
        Dialog::Versions(..) => key("message-versions"),
        Dialog::NewPoll(..) => key("poll-new"),
        Dialog::Voters(..) => key("poll-who"),
        Dialog::TeamEmoji => key("team-emoji-title"),
        Dialog::Avatar(None) => key("avatar-title"),
        Dialog::Avatar(Some(_)) => key("avatar-title-chat"),
        Dialog::GoToDate(_) => key("go-to-date-title"),
        Dialog::Status => key("status-title"),
        Dialog::Disappearing(_) => key("disappearing-title"),
        Dialog::ConfirmDevice => key("encryption-confirm-title"),
        Dialog::Folder(None) => key("folders-new"),
        Dialog::Folder(Some(_)) => key("folders-change"),
        Dialog::Theme(None) => key("themes-new"),
        Dialog::Theme(Some(_)) => key("themes-change"),
        Dialog::GiveChat(..) => key("members-give"),
        Dialog::TurnOnEncryption(_) => key("encryption-turn-on-title"),
        Dialog::ChatFolders(_) => key("folders-of-chat"),
    }
}

impl Dialog {
    fn content(self) -> AnyView {
        match self {
            Dialog::QuickSwitcher => view! { <QuickSwitcher /> }.into_any(),
            Dialog::CommandPalette => view! { <CommandPalette /> }.into_any(),
            Dialog::Shortcuts => view! { <ShortcutsDialog /> }.into_any(),
            Dialog::NewChat => view! { <NewChatDialog /> }.into_any(),
            Dialog::People => view! { <PeopleDialog /> }.into_any(),
            Dialog::Channels => view! { <ChannelsDialog /> }.into_any(),
            Dialog::Invite(chat) => view! { <InviteDialog chat=chat /> }.into_any(),
            Dialog::JoinLink => view! { <JoinLinkDialog /> }.into_any(),
            Dialog::Profile(user) => view! { <ProfileDialog user=user /> }.into_any(),
            Dialog::EditChat(chat) => view! { <EditChatDialog chat=chat /> }.into_any(),
            Dialog::AddMembers(chat) => view! { <AddMembersDialog chat=chat /> }.into_any(),
            Dialog::Forward(chat, messages, poll) => {
                view! { <ForwardDialog chat=chat messages=messages poll=poll /> }.into_any()
            }
            Dialog::Versions(chat, message) => view! { <VersionsDialog chat=chat message=message /> }.into_any(),
            Dialog::Folder(id) => view! { <FolderDialog id=id /> }.into_any(),
            Dialog::Theme(id) => view! { <ThemeDialog id=id /> }.into_any(),
            Dialog::TurnOnEncryption(chat) => view! { <TurnOnDialog chat=chat /> }.into_any(),
            Dialog::GiveChat(chat, user) => view! { <GiveChatDialog chat=chat user=user /> }.into_any(),
            Dialog::ChatFolders(chat) => view! { <ChatFoldersDialog chat=chat /> }.into_any(),
            Dialog::NewPoll(chat, thread, question) => {
                view! { <NewPollDialog chat=chat thread=thread question=question /> }.into_any()
            }
            Dialog::Voters(chat, message, answers) => {
                view! { <VotersDialog chat=chat message=message answers=answers /> }.into_any()
            }
            Dialog::TeamEmoji => view! { <TeamEmojiDialog /> }.into_any(),
            Dialog::Avatar(chat) => view! { <CropDialog chat=chat /> }.into_any(),
            Dialog::ConfirmDevice => view! { <ConfirmDialog /> }.into_any(),
            Dialog::GoToDate(chat) => view! { <GoToDateDialog chat=chat /> }.into_any(),
            Dialog::Status => view! { <StatusDialog /> }.into_any(),
            Dialog::Disappearing(chat) => view! { <DisappearingDialog chat=chat /> }.into_any(),
        }
    }
}
