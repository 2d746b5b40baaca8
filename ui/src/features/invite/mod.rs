//! An invitation: the link, a link for browsers, a QR code, how long it lasts and for how many; and using one that leads into a chat.

mod copy;
mod join;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{ChatId, Command, HostCommand, Timestamp};

use crate::bridge::Attempt;
use crate::i18n::{key, t, t_with, when};
use crate::primitives::{Button, EmptyState, IconName, Qr, Select, SelectOption, Skeleton, Switch};
use copy::CopyLine;

pub use copy::copy_text;
pub use join::JoinLinkDialog;

/// An invitation as it came.
#[derive(Debug, Clone, PartialEq)]
struct Links {
    link: String,
    web: String,
    expires_at: Timestamp,
    uses_max: u32,
    approval: bool,
}

/// How long an invitation can last, in seconds, and its words.
const LIVES: [(u32, &str); 4] = [
    (60 * 60, key("invite-hour")),
    (24 * 60 * 60, key("invite-day")),
    (7 * 24 * 60 * 60, key("invite-week")),
    (30 * 24 * 60 * 60, key("invite-month")),
];
/// How many people it can let in.
const USES: [u32; 4] = [1, 10, 100, 1_000];

/// The content of the dialog that invites.
#[component]
pub fn InviteDialog(
    /// Also into this chat.
    chat: Option<ChatId>,
) -> impl IntoView {
    let into_chat = chat.is_some();
    let (life, uses, approval) = (RwSignal::new(LIVES[2].0), RwSignal::new(USES[2]), RwSignal::new(false));
    let command = Signal::derive(move || Command::CreateInvitation {
        chat_id: chat.clone(),
        expires_in: Some(life.get()),
        uses_max: Some(uses.get()),
        approval: approval.get(),
    });
    let lives =
        Signal::derive(|| LIVES.map(|(seconds, words)| SelectOption::new(seconds.to_string(), t(words))).to_vec());
    let counts = Signal::derive(|| {
        let words = |count: u32| t_with("invite-people", &[("count", count.into())]);
        USES.map(|count| SelectOption::new(count.to_string(), words(count))).to_vec()
    });
    view! {
        <p class="invite__lead">{move || t(if into_chat { "invite-lead-chat" } else { "invite-lead" })}</p>
        <div class="invite__wishes">
            <Select
                label=move || t("invite-life")
                value=Signal::derive(move || life.get().to_string())
                options=lives
                on_change=move |seconds: String| life.set(seconds.parse().unwrap_or(LIVES[2].0))
            />
            <Select
                label=move || t("invite-uses")
                value=Signal::derive(move || uses.get().to_string())
                options=counts
                on_change=move |count: String| uses.set(count.parse().unwrap_or(USES[2]))
            />
        </div>
        {into_chat.then(|| view! {
            <Switch
                label=move || t("invite-approval")
                help=move || t("invite-approval-help")
                on=approval
                on_change=move |on| approval.set(on)
            />
        })}
        <Invitation command=command />
    }
}

/// A fresh invitation of the hosted team.
#[component]
pub fn HostInvitation() -> impl IntoView {
    view! { <Invitation command=Signal::stored(Command::Host { host: HostCommand::Invitation }) /> }
}

/// Asks for an invitation and shows it; anew when the wishes change.
#[component]
fn Invitation(command: Signal<Command>) -> impl IntoView {
    let links = RwSignal::new(None::<Links>);
    let attempt = Attempt::new();
    let ask = move |command: Command| {
        attempt.busy.set(false);
        attempt.run(command, move |body| {
            if let ReplyBody::Invitation { link, web, expires_at, uses_max, approval } = body {
                let _ = links.try_set(Some(Links { link, web, expires_at, uses_max, approval }));
            }
        });
    };
    Effect::new(move |_: Option<()>| ask(command.get()));
    view! {
        <div class="invite" class:invite--stale=move || attempt.busy.get()>
            {move || match (links.get(), attempt.failure.get()) {
                (_, Some(_)) => view! {
                    <EmptyState icon=IconName::Warning title=move || t("invite-failed") text=attempt.words()>
                        <Button on_press=move || ask(command.get_untracked())>{move || t("common-try-again")}</Button>
                    </EmptyState>
                }.into_any(),
                (Some(links), None) => view! { <Shown links=links /> }.into_any(),
                (None, None) => view! { <Skeleton count=4 /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Shown(links: Links) -> impl IntoView {
    let Links { link, web, expires_at, uses_max, approval } = links;
    let note = move || {
        let when = ("when", when::full(expires_at).into());
        let words = t_with("invite-expires", &[when, ("count", uses_max.into())]);
        if approval { format!("{words} {}", t("invite-decided")) } else { words }
    };
    view! {
        <div class="invite__qr">
            <Qr text=link.clone() label=move || t("invite-qr") />
        </div>
        <div class="invite__links">
            <CopyLine label=move || t("invite-link") text=link />
            <CopyLine label=move || t("invite-web") text=web />
            <p class="invite__note">{note}</p>
        </div>
    }
}
