//! Own devices: which there are, adding one, taking one out, the key for when all are lost.

use leptos::prelude::*;
use view::update::ReplyBody;
use view::{Command, DeviceRow, DeviceStanding};

use crate::bridge::{self, Attempt};
use crate::features::invite::copy_text;
use crate::i18n::{t, t_with, when::ago};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, Icon, IconName};
use crate::state::{AppState, Dialog};

/// The part of the settings about devices.
#[component]
pub fn Devices() -> impl IntoView {
    let state = AppState::get();
    let devices = state.devices;
    let standing = Memo::new(move |_| devices.with(|(standing, _)| *standing));
    let rows =
        move || devices.with(|(_, rows)| rows.iter().cloned().map(|row| view! { <Device row=row /> }).collect_view());
    view! {
        <Show when=move || standing.get() != DeviceStanding::Unknown>
            <section class="devices" aria-label=move || t("encryption-devices")>
                <h2 class="settings__name">{move || t("encryption-devices")}</h2>
                <p class="settings__note">{move || t("encryption-devices-help")}</p>
                <Show when=move || standing.get() == DeviceStanding::Unconfirmed>
                    <Banner tone=BannerTone::Warning icon=IconName::Lock text=move || t("encryption-unconfirmed")>
                        <Button size=ControlSize::Small on_press=move || state.nav.dialog.set(Some(Dialog::ConfirmDevice))>
                            {move || t("encryption-confirm")}
                        </Button>
                    </Banner>
                </Show>
                <ul class="devices__list">{rows}</ul>
                <Show when=move || standing.get() == DeviceStanding::Ready>
                    <Code command=Command::MakeLinkCode words="encryption-add-device" help="encryption-add-device-help" />
                    <Code command=Command::MakeRecoveryKey words="encryption-recovery" help="encryption-recovery-help" />
                </Show>
            </section>
        </Show>
    }
}

#[component]
fn Device(row: DeviceRow) -> impl IntoView {
    let state = AppState::get();
    let asking = RwSignal::new(false);
    let DeviceRow { id, name, this, last_seen_at, .. } = row;
    let id = StoredValue::new(id);
    let named = StoredValue::new(name);
    let title = move || {
        let name = named.get_value();
        if name.is_empty() { t("encryption-device") } else { name }
    };
    let below = move || {
        if this {
            t("encryption-this-device")
        } else {
            t_with("encryption-last-seen", &[("when", ago(last_seen_at).into())])
        }
    };
    let remove = move || {
        asking.set(false);
        bridge::tell(state, Command::RemoveDevice { device_id: id.get_value() });
    };
    view! {
        <li class="devices__row">
            <Icon name=IconName::Shield />
            <span class="devices__lines">
                <span class="devices__name">{title}</span>
                <span class="devices__below">{below}</span>
            </span>
            {(!this).then(|| view! {
                <Show
                    when=move || asking.get()
                    fallback=move || view! {
                        <Button kind=ButtonKind::Ghost size=ControlSize::Small on_press=move || asking.set(true)>
                            {move || t("encryption-remove")}
                        </Button>
                    }
                >
                    <Button kind=ButtonKind::Danger size=ControlSize::Small on_press=remove>
                        {move || t("encryption-remove-sure")}
                    </Button>
                </Show>
            })}
        </li>
    }
}

/// A button that makes a code, and the code once it is made.
#[component]
fn Code(command: Command, words: &'static str, help: &'static str) -> impl IntoView {
    let state = AppState::get();
    let code = RwSignal::new(None::<String>);
    let attempt = Attempt::new();
    let command = StoredValue::new(command);
    let make = move || {
        attempt.run(command.get_value(), move |body| {
            if let ReplyBody::Code { code: made } = body {
                let _ = code.try_set(Some(made));
            }
        });
    };
    view! {
        <div class="devices__code">
            <p class="settings__note">{move || t(help)}</p>
            {move || match code.get() {
                None => view! {
                    <div><Button busy=attempt.busy on_press=make>{move || t(words)}</Button></div>
                }.into_any(),
                Some(made) => {
                    let copied = made.clone();
                    view! {
                        <p class="devices__made" translate="no">{made}</p>
                        <div>
                            <Button icon=IconName::Copy on_press=move || copy_text(state, copied.clone())>
                                {move || t("common-copy")}
                            </Button>
                        </div>
                    }.into_any()
                }
            }}
            <p class="new-chat__error" role="alert">{attempt.words()}</p>
        </div>
    }
}
