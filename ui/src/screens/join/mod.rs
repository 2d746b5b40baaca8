//! Joining a team: paste its link, see whose it is, enter. Teams on the network are shown as a hint.

mod discovered;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, ServerTarget, Stage};

use crate::bridge::Attempt;
use crate::features::account_form::AccountForm;
use crate::i18n::{key, t};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, FieldKind, IconName, TextField};
use crate::state::AppState;
use discovered::Discovered;

/// A team that answered.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    server: ServerTarget,
    name: String,
    address: String,
    pinned: bool,
}

/// The way in by invitation.
#[component]
pub fn Join() -> impl IntoView {
    let state = AppState::get();
    let link = RwSignal::new(state.opened_link.get_untracked().unwrap_or_default());
    let found = RwSignal::new(None::<Found>);
    let wanted = RwSignal::new(None::<String>);
    let attempt = Attempt::new();
    let probe = move || {
        let text = link.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        // A link from outside is taken once.
        state.opened_link.set(None);
        let server = target_of(&text);
        attempt.run(Command::Probe { server: server.clone() }, move |body| {
            if let ReplyBody::ServerFound { name, address, pinned, .. } = body {
                let _ = found.try_set(Some(Found { server, name, address, pinned }));
            }
        });
    };
    Effect::new(move || {
        if let Some(opened) = state.opened_link.get() {
            link.set(opened);
            probe();
        }
    });
    let desktop = state.stage.with_untracked(|stage| matches!(stage, Stage::Welcome { can_host: true, .. }));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        probe();
    };
    let help = move || match wanted.get() {
        Some(team) => crate::i18n::t_with("join-ask-for-link", &[("team", team.into())]),
        None => t("join-link-help"),
    };
    view! {
        <div class="join">
            {move || match found.get() {
                Some(team) => view! { <Enter team=team found=found /> }.into_any(),
                None => view! {
                    <h1>{move || t("welcome-join")}</h1>
                    <form class="join__form" on:submit=submit>
                        <TextField
                            label=move || t("join-link")
                            value=link
                            kind=FieldKind::Url
                            placeholder=Signal::stored("hybrid://join/…".to_owned())
                            help=help
                            error=attempt.words()
                        />
                        <Button kind=ButtonKind::Primary size=ControlSize::Large submit=true busy=attempt.busy>
                            {move || t("join-continue")}
                        </Button>
                    </form>
                    {desktop.then(|| view! { <Discovered wanted=wanted /> })}
                }.into_any(),
            }}
        </div>
    }
}

/// The team that answered, and the account.
#[component]
fn Enter(team: Found, found: RwSignal<Option<Found>>) -> impl IntoView {
    let server = team.server.clone();
    let (tone, icon, words) = if team.pinned {
        (BannerTone::Success, IconName::Shield, key("join-pinned"))
    } else {
        (BannerTone::Neutral, IconName::Info, key("join-not-pinned"))
    };
    view! {
        <h1>{team.name}</h1>
        <p class="join__address">{team.address}</p>
        <Banner tone=tone icon=Signal::stored(icon) text=move || t(words) />
        <AccountForm server=Signal::stored(server) new=true />
        <Button kind=ButtonKind::Ghost on_press=move || found.set(None)>{move || t("join-other")}</Button>
    }
}

/// What a person pasted: an invitation, or an address.
fn target_of(text: &str) -> ServerTarget {
    if let Some((page, secret)) = text.split_once("/#join=") {
        // The link for browsers, pasted into the app.
        let host = page.trim_start_matches("https://").trim_start_matches("http://");
        let host = if host.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok()) {
            host.to_owned()
        } else {
            format!("{host}:443")
        };
        return ServerTarget::Invitation { link: format!("hybrid://join/{host}?secret={secret}") };
    }
    if text.starts_with("hybrid:") {
        return ServerTarget::Invitation { link: text.to_owned() };
    }
    ServerTarget::Address { address: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_for_browsers_an_invitation_and_an_address_are_told_apart() {
        let invitation = |link: &str| ServerTarget::Invitation { link: link.to_owned() };
        assert_eq!(target_of("hybrid://join/h:1?secret=x"), invitation("hybrid://join/h:1?secret=x"));
        assert_eq!(target_of("https://10.0.0.2:8080/#join=abc"), invitation("hybrid://join/10.0.0.2:8080?secret=abc"));
        assert_eq!(
            target_of("https://team.example/#join=abc"),
            invitation("hybrid://join/team.example:443?secret=abc")
        );
        assert_eq!(target_of("team.example"), ServerTarget::Address { address: "team.example".into() });
    }
}
