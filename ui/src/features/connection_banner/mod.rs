//! Says calmly how the connection is: nothing while all is well.

use leptos::prelude::*;
use view::{Command, Connection};

use crate::bridge;
use crate::i18n::{failure_words, t, t_with};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, IconName};
use crate::state::AppState;

/// The line above the chats while the connection is not up to date.
#[component]
pub fn ConnectionBanner() -> impl IntoView {
    let state = AppState::get();
    let shown = Memo::new(move |_| state.connection.get() != Connection::Online);
    let offline = Memo::new(move |_| matches!(state.connection.get(), Connection::Offline { .. }));
    let tone = Signal::derive(move || if offline.get() { BannerTone::Warning } else { BannerTone::Neutral });
    let icon = Signal::derive(move || if offline.get() { IconName::Offline } else { IconName::Retry });
    let text = move || words(state.connection.get());
    view! {
        <div class="connection-banner" role="status" aria-live="polite">
            <Show when=move || shown.get()>
                <Banner tone=tone icon=icon text=text>
                    <Show when=move || offline.get()>
                        <Button
                            kind=ButtonKind::Ghost
                            size=ControlSize::Small
                            on_press=move || bridge::tell_quietly(Command::Reconnect)
                        >
                            {move || t("connection-try-now")}
                        </Button>
                    </Show>
                </Banner>
            </Show>
        </div>
    }
}

fn words(connection: Connection) -> String {
    match connection {
        Connection::Connecting => t("connection-connecting"),
        Connection::CatchingUp => t("connection-catching-up"),
        Connection::Online => String::new(),
        Connection::Offline { waiting, reason, .. } => {
            let mut words = match reason {
                // These need the person; the others pass by themselves.
                Some(reason) if needs_a_person(reason) => failure_words(reason),
                _ => t("connection-offline"),
            };
            if waiting > 0 {
                words.push(' ');
                words.push_str(&t_with("connection-waiting", &[("count", waiting.into())]));
            }
            words
        }
    }
}

fn needs_a_person(reason: view::Failure) -> bool {
    use view::Failure::*;
    matches!(reason, WrongPin | Untrusted | Version | NotAServer | Disk | Refused { .. })
}
