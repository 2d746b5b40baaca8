//! A browser on a team's own page: an account here. `#join=SECRET` in the address is an invitation.

use leptos::prelude::*;
use view::ServerTarget;

use super::Step;
use crate::features::account_form::AccountForm;
use crate::i18n::{t, t_with};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, IconName};

/// Signing in or up on the server that this page came from.
#[component]
pub fn BrowserEntry(
    /// What the team is called.
    #[prop(into)]
    here: Signal<String>,
    /// Where other ways lead; two-way.
    step: RwSignal<Step>,
) -> impl IntoView {
    let invited = invitation_in_address();
    let is_invited = invited.is_some();
    let server = invited.map_or(ServerTarget::Here, |link| ServerTarget::Invitation { link });
    view! {
        <div class="choices">
            <h1 class="choices__title">{move || t_with("welcome-browser-title", &[("team", here.get().into())])}</h1>
            {if is_invited {
                view! { <Banner tone=BannerTone::Success icon=IconName::Check text=move || t("welcome-invited") /> }.into_any()
            } else {
                view! { <p class="choices__lead">{move || t("welcome-browser-lead")}</p> }.into_any()
            }}
            <AccountForm server=Signal::stored(server) new=is_invited />
            <Button kind=ButtonKind::Ghost icon=IconName::Link on_press=move || step.set(Step::Join)>
                {move || t("welcome-have-link")}
            </Button>
        </div>
    }
}

/// The invitation of the page's address as a link to this very server.
fn invitation_in_address() -> Option<String> {
    let location = window().location();
    let hash = location.hash().ok()?;
    link_of(&hash, &location.hostname().ok()?, &location.port().ok()?, &location.protocol().ok()?)
}

fn link_of(hash: &str, host: &str, port: &str, protocol: &str) -> Option<String> {
    let secret = hash.strip_prefix("#join=")?;
    let good = !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let port = match (port, protocol) {
        ("", "https:") => "443",
        ("", _) => "80",
        (port, _) => port,
    };
    good.then(|| format!("hybrid://join/{host}:{port}?secret={secret}"))
}

#[cfg(test)]
mod tests {
    use super::link_of;

    #[test]
    fn the_secret_in_the_address_becomes_an_invitation_to_this_server() {
        let link = link_of("#join=AbC-_1", "192.168.1.20", "8080", "https:");
        assert_eq!(link.as_deref(), Some("hybrid://join/192.168.1.20:8080?secret=AbC-_1"));
        assert_eq!(
            link_of("#join=x", "team.example", "", "https:").as_deref(),
            Some("hybrid://join/team.example:443?secret=x")
        );
        assert_eq!(link_of("#join=<b>", "h", "1", "http:"), None);
        assert_eq!(link_of("#demo", "h", "1", "http:"), None);
    }
}
