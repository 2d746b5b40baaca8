//! The page: state, bridge, keys, and the screen that the host's stage asks for.

use std::time::Duration;

use leptos::prelude::*;
use view::{Command, PresenceStatus, Stage};

use crate::features::app_lock::tell_active;
use crate::features::toasts::{ToastArea, tell_notices};
use crate::screens::{Elsewhere, KeyringClosed, Loading, Team, Unlock, Welcome};
use crate::state::{AppState, preferences};
use crate::{bridge, keys};

/// The whole interface.
#[component]
pub fn App() -> impl IntoView {
    let state = AppState::new();
    provide_context(state);
    preferences::keep_page_in_step(state);
    keys::dispatch::listen(state);
    tell_presence(state);
    tell_active(state);
    tell_notices(state);
    mark_interactive(state);
    bridge::connect(state);
    // Compared by kind: a change of one's own name must not build the screen anew.
    let screen = Memo::new(move |_| state.stage.with(Screen::of));
    view! {
        {move || match screen.get() {
            Screen::Loading => view! { <Loading /> }.into_any(),
            Screen::Elsewhere => view! { <Elsewhere /> }.into_any(),
            Screen::KeyringClosed => view! { <KeyringClosed /> }.into_any(),
            Screen::Unlock { new, lock } => view! { <Unlock new=new lock=lock /> }.into_any(),
            Screen::Welcome => view! { <Welcome /> }.into_any(),
            Screen::Team => view! { <Team /> }.into_any(),
        }}
        <ToastArea />
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Loading,
    Elsewhere,
    KeyringClosed,
    Unlock { new: bool, lock: bool },
    Welcome,
    Team,
}

impl Screen {
    fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Starting => Screen::Loading,
            Stage::Elsewhere => Screen::Elsewhere,
            Stage::KeyringClosed => Screen::KeyringClosed,
            Stage::Locked { new, lock } => Screen::Unlock { new: *new, lock: *lock },
            Stage::Welcome { .. } => Screen::Welcome,
            Stage::Ready { .. } => Screen::Team,
        }
    }
}

/// Marks the moment at which the chat list is on screen and the page answers again, for measurements of the start.
fn mark_interactive(state: AppState) {
    let shown = Memo::new(move |_| state.chats.loaded.get());
    Effect::new(move || {
        if shown.get() {
            // After the frame that paints it, once nothing else is due.
            request_animation_frame(|| {
                set_timeout(
                    || {
                        let _ = window().performance().map(|performance| performance.mark("interactive"));
                    },
                    Duration::ZERO,
                );
            });
        }
    });
}

/// Tells the host when the window comes into use and when it no longer is.
fn tell_presence(state: AppState) {
    let tell = move |status| {
        // Whoever does not want to be disturbed says so.
        let status = if untrack(|| state.quiet.is_dnd()) { PresenceStatus::Dnd } else { status };
        if state.stage.with_untracked(|stage| matches!(stage, Stage::Ready { .. })) {
            bridge::tell_quietly(Command::SetPresence { status });
        }
    };
    let focus = window_event_listener(leptos::ev::focus, move |_| tell(PresenceStatus::Online));
    let blur = window_event_listener(leptos::ev::blur, move |_| tell(PresenceStatus::Away));
    let dnd = Memo::new(move |_| state.quiet.is_dnd());
    Effect::new(move |before: Option<bool>| {
        let now = dnd.get();
        if before.is_some_and(|before| before != now) {
            tell(PresenceStatus::Online);
        }
        now
    });
    let online = window_event_listener(leptos::ev::online, move |_| bridge::tell_quietly(Command::Reconnect));
    on_cleanup(move || [focus, blur, online].into_iter().for_each(|listener| listener.remove()));
}
