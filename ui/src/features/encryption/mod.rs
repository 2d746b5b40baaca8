//! End-to-end encryption as a person meets it: who can read a chat, own devices, confirming a new one, and the line over a
//! chat where writing waits.

mod comparing;
mod confirm;
mod devices;
mod readers;
mod sight;
mod turn_on;

use leptos::prelude::*;
use view::{ChatRow, DeviceStanding};

use crate::i18n::{key, t};
use crate::primitives::{Banner, BannerTone, Button, ControlSize, IconName};
use crate::state::{AppState, Dialog};

pub use confirm::ConfirmDialog;
pub use devices::Devices;
pub use readers::ReadersPanel;
pub use turn_on::{Sealing, TurnOnDialog};

/// Beside the composer of an encrypted chat: why what is written here waits.
#[component]
pub fn EncryptionNotice(
    /// The chat's row.
    row: RwSignal<ChatRow>,
) -> impl IntoView {
    let state = AppState::get();
    let shown = Memo::new(move |_| row.with(|row| (row.encrypted && row.role.is_some(), row.waits)));
    let alone = row.with_untracked(|row| row.person.is_some());
    let standing = Memo::new(move |_| state.devices.with(|(standing, _)| *standing));
    move || match (shown.get(), standing.get()) {
        ((true, _), DeviceStanding::Unconfirmed) => view! {
            <Banner tone=BannerTone::Warning icon=IconName::Lock text=move || t("encryption-unconfirmed")>
                <Button size=ControlSize::Small on_press=move || state.nav.dialog.set(Some(Dialog::ConfirmDevice))>
                    {move || t("encryption-confirm")}
                </Button>
            </Banner>
        }
        .into_any(),
        ((true, true), _) => {
            let words = if alone { key("encryption-waits") } else { key("encryption-waits-group") };
            view! { <Banner icon=IconName::Lock text=move || t(words) /> }.into_any()
        }
        _ => ().into_any(),
    }
}
