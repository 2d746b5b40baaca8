//! The form that starts hosting.

use leptos::prelude::*;
use view::{Command, HostCommand, HostState};

use crate::bridge::Attempt;
use crate::features::new_chat::name_is_good;
use crate::i18n::{failure_words, key, t};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, FieldKind, IconName, TextField};
use crate::state::AppState;

/// Name, port, start.
#[component]
pub fn HostStart() -> impl IntoView {
    let state = AppState::get();
    let last = state.host.with_untracked(|host| match host {
        Some(HostState::Stopped { name, .. }) => name.clone(),
        _ => String::new(),
    });
    let name = RwSignal::new(last);
    let port = RwSignal::new(String::new());
    let attempt = Attempt::new();
    let continues = move || matches!(state.host.get(), Some(HostState::Stopped { has_data: true, .. }));
    let failed = move || match (attempt.failure.get(), state.host.get()) {
        (Some(failure), _) | (None, Some(HostState::Failed { failure })) => failure_words(failure),
        _ => String::new(),
    };
    let bad_port = Memo::new(move |_| port.with(|port| !port_is_good(port)));
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (name, port) = (name.get_untracked().trim().to_owned(), port.get_untracked());
        if name_is_good(&name) && port_is_good(&port) {
            let port = port.trim().parse().unwrap_or(0);
            attempt.run(Command::Host { host: HostCommand::Start { name, port } }, |_| {});
        }
    };
    let unready = Signal::derive(move || name.with(|name| !name_is_good(name)) || bad_port.get());
    let busy = Signal::derive(move || attempt.busy.get() || state.host.get() == Some(HostState::Starting));
    view! {
        <form class=key("host-start") on:submit=start>
            <Show when=continues>
                <p class="host-panel__note">{move || t("host-continues")}</p>
            </Show>
            <TextField label=move || t("host-name") value=name placeholder=move || t("host-name-example") />
            <TextField
                label=move || t("host-port")
                value=port
                kind=FieldKind::Number
                placeholder=move || t("host-port-any")
                help=move || t("host-port-help")
                error=move || if bad_port.get() { t("host-port-bad") } else { String::new() }
            />
            <div role="alert">
                <Show when=move || !failed().is_empty()>
                    <Banner tone=BannerTone::Critical icon=IconName::Warning text=failed />
                </Show>
            </div>
            <Button kind=ButtonKind::Primary size=ControlSize::Large icon=IconName::Play submit=true busy=busy disabled=unready>
                {move || t("host-start")}
            </Button>
        </form>
    }
}

/// Empty (any), or a port that ordinary programs may use.
fn port_is_good(port: &str) -> bool {
    let port = port.trim();
    port.is_empty() || port.parse::<u16>().is_ok_and(|port| port >= 1024)
}

#[cfg(test)]
mod tests {
    use super::port_is_good;

    #[test]
    fn a_port_may_be_left_out_and_must_not_be_a_systems_one() {
        assert!(port_is_good("") && port_is_good(" 8080 "));
        assert!(!port_is_good("80") && !port_is_good("70000") && !port_is_good("http"));
    }
}
