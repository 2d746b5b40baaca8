//! Signing in to a team by its address, or to the one that this app hosts.

use leptos::prelude::*;
use view::{HostState, ServerTarget};

use crate::features::account_form::AccountForm;
use crate::i18n::t;
use crate::primitives::{FieldKind, Switch, TextField};
use crate::state::AppState;

/// Address and account.
#[component]
pub fn SignIn() -> impl IntoView {
    let state = AppState::get();
    let address = RwSignal::new(String::new());
    let hosting = Memo::new(move |_| matches!(state.host.get(), Some(HostState::Running { .. })));
    let here = RwSignal::new(hosting.get_untracked());
    let server = Signal::derive(move || {
        let address = address.get().trim().to_owned();
        match address.starts_with("hybrid:") {
            _ if here.get() && hosting.get() => ServerTarget::Here,
            true => ServerTarget::Invitation { link: address },
            false => ServerTarget::Address { address },
        }
    });
    view! {
        <div class="join">
            <h1>{move || t("sign-in-title")}</h1>
            <Show when=move || hosting.get()>
                <Switch label=move || t("sign-in-here") on=here on_change=move |on| here.set(on) />
            </Show>
            <Show when=move || !(here.get() && hosting.get())>
                <TextField
                    label=move || t("sign-in-address")
                    value=address
                    kind=FieldKind::Url
                    placeholder=Signal::stored("https://team.example".to_owned())
                    help=move || t("sign-in-address-help")
                />
            </Show>
            <AccountForm server=server />
        </div>
    }
}
