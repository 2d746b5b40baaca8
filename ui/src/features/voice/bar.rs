//! What the composer shows while one speaks: how long, how loud, throw away, send.

use leptos::prelude::*;

use super::recorder::{Recorder, Stage};
use super::waveform::{clock, path};
use crate::i18n::{key, t};
use crate::primitives::{IconButton, IconButtonKind, IconName};

/// The last so many levels are drawn.
const SHOWN: usize = 60;
/// The drawing's height, in its own measure.
const HEIGHT: f64 = 24.0;

/// In place of the field and its buttons.
#[component]
pub fn RecordingBar(
    /// What runs.
    recorder: Recorder,
    /// Send it.
    #[prop(into)]
    on_send: Callback<()>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move || {
        if let Some(bar) = node.get() {
            // Enter and Esc are its keys from now on.
            _ = bar.focus();
        }
    });
    let running = move || recorder.stage.get() == Stage::Running;
    let words = move || match recorder.stage.get() {
        Stage::Opening => t(key("voice-opening")),
        Stage::Ending => t(key("voice-ending")),
        Stage::Idle | Stage::Running => clock(recorder.elapsed_ms()),
    };
    let drawn = move || {
        recorder.levels.with(|levels| {
            let last = &levels[levels.len().saturating_sub(SHOWN)..];
            let mut shown = vec![0; SHOWN - last.len()];
            shown.extend(last);
            path(&shown, HEIGHT)
        })
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => recorder.cancel(),
            "Enter" if running() => on_send.run(()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="recording" node_ref=node tabindex="-1" role="group" aria-label=move || t("voice-recording") on:keydown=pressed>
            <IconButton icon=IconName::Delete label=move || t("voice-drop") kind=IconButtonKind::Danger on_press=move || recorder.cancel() />
            <span class="recording__dot" class:recording__dot--on=running aria-hidden="true" />
            <span class="recording__time" role="timer">{words}</span>
            <svg class="recording__wave" viewBox=format!("0 0 100 {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                <path d=drawn />
            </svg>
            <IconButton
                icon=IconName::Send
                label=move || t("voice-send")
                kind=IconButtonKind::Primary
                disabled=Signal::derive(move || !running())
                on_press=on_send
            />
        </div>
    }
}
