//! Whether somebody is there: the host is told now and then, while the app lock counts, and counts by itself, for a page may sleep.

use leptos::ev;
use leptos::prelude::*;
use view::{Command, HostCommand, Stage};

use crate::bridge;
use crate::state::AppState;

/// Told at most this often, in milliseconds.
const EVERY_MS: f64 = 10_000.0;

/// Tells the host of keys, presses and moves while the calling component is on screen.
pub fn tell_active(state: AppState) {
    let told = StoredValue::new(0.0_f64);
    let counts = move || {
        let ready = state.stage.with_untracked(|stage| matches!(stage, Stage::Ready { .. }));
        ready && state.lock.with_untracked(|lock| lock.on && lock.minutes > 0)
    };
    let here = move || {
        let now = js_sys::Date::now();
        if (now - told.get_value()).abs() >= EVERY_MS && counts() {
            told.set_value(now);
            bridge::tell_quietly(Command::Host { host: HostCommand::Active });
        }
    };
    let heard = [
        window_event_listener(ev::keydown, move |_| here()),
        window_event_listener(ev::pointerdown, move |_| here()),
        window_event_listener(ev::pointermove, move |_| here()),
        window_event_listener(ev::wheel, move |_| here()),
    ];
    on_cleanup(move || heard.into_iter().for_each(|listener| listener.remove()));
}
