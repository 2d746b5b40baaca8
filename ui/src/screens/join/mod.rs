//! Joining a team: paste its link, see whose it is, enter. Teams on the network are shown as a hint.

mod discovered;

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, DiscoveredTeam, ServerTarget, Stage};

use crate::bridge::Attempt;
use crate::features::account_form::AccountForm;
use crate::i18n::{key, t, t_with};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, FieldKind, IconName, TextField};
use crate::state::AppState;
use discovered::{Discovered, short};

/// A team that answered.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    server: ServerTarget,
    name: String,
    address: String,
    pinned: bool,
    fingerprint: String,
}

/// The way in by invitation.
#[component]
pub fn Join() -> impl IntoView {
    let state = AppState::get();
    let link = RwSignal::new(state.opened_link.get_untracked().unwrap_or_default());
    let found = RwSignal::new(None::<Found>);
    let wanted = RwSignal::new(None::<DiscoveredTeam>);
    let field = NodeRef::<leptos::html::Input>::new();
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
            if let ReplyBody::ServerFound { name, address, pinned, fingerprint, .. } = body {
                let _ = found.try_set(Some(Found { server, name, address, pinned, fingerprint }));
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
        Some(team) => t_with("join-ask-for-link", &[("team", team.name.into())]),
        None => t("join-link-help"),
    };
    Effect::new(move || {
        if let (Some(_), Some(field)) = (wanted.get(), field.get_untracked()) {
            let _ = field.focus();
        }
    });
    view! {
        <div class="join">
            {move || match found.get() {
                Some(team) => view! { <Enter team=team found=found wanted=wanted /> }.into_any(),
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
                            node_ref=field
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
fn Enter(team: Found, found: RwSignal<Option<Found>>, wanted: RwSignal<Option<DiscoveredTeam>>) -> impl IntoView {
    let server = team.server.clone();
    let (tone, icon, words) = if team.pinned {
        (BannerTone::Success, IconName::Shield, key("join-pinned"))
    } else {
        (BannerTone::Neutral, IconName::Info, key("join-not-pinned"))
    };
    let other = wanted.get_untracked().filter(|wanted| is_other(wanted, &team.fingerprint));
    let key_line = (!team.fingerprint.is_empty()).then(|| team.fingerprint.clone());
    view! {
        <h1>{team.name}</h1>
        <p class="join__address">
            {team.address}
            {key_line.map(|print| view! { <br />{move || t_with("join-key", &[("key", print.clone().into())])} })}
        </p>
        <Banner tone=tone icon=Signal::stored(icon) text=move || t(words) />
        {other.map(|chosen| view! {
            <Banner
                tone=BannerTone::Warning
                icon=IconName::Warning
                text=move || t_with("join-other-team", &[
                    ("team", chosen.name.clone().into()),
                    ("key", short(&chosen.fingerprint).into()),
                ])
            />
        })}
        <AccountForm server=Signal::stored(server) new=true />
        <Button kind=ButtonKind::Ghost on_press=move || found.set(None)>{move || t("join-other")}</Button>
    }
}

/// The link leads elsewhere than to the team that was chosen in the list.
fn is_other(chosen: &DiscoveredTeam, fingerprint: &str) -> bool {
    fingerprint.is_empty() || !chosen.fingerprint.starts_with(fingerprint)
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
    fn a_link_to_the_chosen_team_is_told_from_one_to_its_namesake() {
        let fingerprint = "3F2A 91C0 0001 0002 0003 0004 0005 0006".to_owned();
        let chosen =
            DiscoveredTeam { name: "Маяк".into(), address: "10.0.0.2:8443".into(), fingerprint, own: false };
        assert!(!is_other(&chosen, "3F2A 91C0 0001 0002"));
        assert!(is_other(&chosen, "3F2A 91C0 0001 FFFF"));
        assert!(is_other(&chosen, ""), "without a pin nothing says that it is the one");
    }

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
