//! An invitation: the link, a link for browsers, a QR code, and how long it lasts.

mod copy;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, HostCommand, Timestamp};

use crate::bridge::Attempt;
use crate::i18n::{t, t_with, when};
use crate::primitives::{Button, EmptyState, IconName, Qr, Skeleton};
use copy::CopyLine;

pub use copy::copy_text;

/// An invitation as it came.
#[derive(Debug, Clone, PartialEq)]
struct Links {
    link: String,
    web: String,
    expires_at: Timestamp,
}

/// The content of the dialog that invites.
#[component]
pub fn InviteDialog(
    /// Also into this chat.
    chat: Option<ChatId>,
) -> impl IntoView {
    view! {
        <p class="invite__lead">{move || t("invite-lead")}</p>
        <Invitation command=Command::CreateInvitation { chat_id: chat } />
    }
}

/// A fresh invitation of the hosted team.
#[component]
pub fn HostInvitation() -> impl IntoView {
    view! { <Invitation command=Command::Host { host: HostCommand::Invitation } /> }
}

/// Asks for an invitation and shows it.
#[component]
fn Invitation(command: Command) -> impl IntoView {
    let links = RwSignal::new(None::<Links>);
    let attempt = Attempt::new();
    let ask = Callback::new(move |()| {
        attempt.run(command.clone(), move |body| {
            if let ReplyBody::Invitation { link, web, expires_at } = body {
                let _ = links.try_set(Some(Links { link, web, expires_at }));
            }
        });
    });
    ask.run(());
    view! {
        <div class="invite">
            {move || match (links.get(), attempt.failure.get()) {
                (Some(links), _) => view! { <Shown links=links /> }.into_any(),
                (None, Some(_)) => view! {
                    <EmptyState icon=IconName::Warning title=move || t("invite-failed") text=attempt.words()>
                        <Button on_press=ask>{move || t("common-try-again")}</Button>
                    </EmptyState>
                }.into_any(),
                (None, None) => view! { <Skeleton count=4 /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Shown(links: Links) -> impl IntoView {
    let until = links.expires_at;
    view! {
        <div class="invite__qr">
            <Qr text=links.link.clone() label=move || t("invite-qr") />
        </div>
        <div class="invite__links">
            <CopyLine label=move || t("invite-link") text=links.link />
            <CopyLine label=move || t("invite-web") text=links.web />
            <p class="invite__note">{move || t_with("invite-expires", &[("when", when::full(until).into())])}</p>
        </div>
    }
}
