//! A voice message, or any sound: play, where it is, how fast.

use leptos::prelude::*;
use view::{Attachment, Command, TransferState, Way};

use super::playing::{faster, position_of, seek, speed, toggle};
use super::waveform::{clock, path};
use crate::bridge;
use crate::features::attachments::{FileName, Moving, base64, size_words};
use crate::i18n::{Language, key, language, t, t_with};
use crate::primitives::{ControlSize, Icon, IconButton, IconName};
use crate::state::AppState;

/// The drawing's height, in its own measure.
const HEIGHT: f64 = 32.0;
/// What an arrow key moves.
const STEP_MS: u64 = 5_000;

/// The player in a message.
#[component]
pub fn SoundPlayer(
    /// The sound.
    file: Attachment,
    /// Of an own message: it may be on its way up.
    own: bool,
) -> impl IntoView {
    let state = AppState::get();
    let wave = file.about.waveform.as_deref().and_then(base64::decode).filter(|bars| !bars.is_empty());
    let voice = wave.is_some();
    let length_ms = file.about.duration_ms;
    let size = file.file.size;
    let file = StoredValue::new(file.file);
    let id = move || file.with_value(|file| file.id.clone());
    let name = file.with_value(|file| file.name.clone());
    let broken = RwSignal::new(false);
    let position = Memo::new(move |_| file.with_value(|file| position_of(&file.id)));
    let playing = move || position.with(|position| position.is_some_and(|position| position.playing));
    let at_ms = move || position.with(|position| position.map_or(0, |position| position.at_ms));
    let press = move || {
        leptos::task::spawn_local(async move { _ = broken.try_set(!toggle(id()).await) });
    };
    let go = move |to_ms: u64| {
        let to_ms = to_ms.min(length_ms.unwrap_or(u64::MAX));
        leptos::task::spawn_local(async move { _ = broken.try_set(!seek(id(), to_ms).await) });
    };
    let icon = Signal::derive(move || if playing() { IconName::Pause } else { IconName::Play });
    let label = move || if playing() { t(key("voice-pause")) } else { t(key("files-play")) };
    let time = move || match (length_ms, position.get()) {
        (Some(length), None) => clock(length),
        (Some(length), Some(position)) => format!("{} / {}", clock(position.at_ms), clock(length)),
        (None, Some(position)) => clock(position.at_ms),
        (None, None) => size_words(size),
    };
    let going_up = move || own && state.files.of(&id(), Way::Up).is_some_and(|row| row.state != TransferState::Done);
    let detail = move || if broken.get() { t("files-missing") } else { time() };
    let save = move || bridge::tell(state, Command::SaveFile { file: file.get_value() });
    view! {
        <div class="voice" class:voice--sound=!voice>
            <button class="voice__button" type="button" aria-label=label on:click=move |_| press()>
                <Icon name=icon />
            </button>
            <div class="voice__middle">
                {(!voice).then(|| view! { <FileName name=name /> })}
                {length_ms.map(|length_ms| view! { <Track wave=wave length_ms=length_ms at_ms=Signal::derive(at_ms) go=go /> })}
                <span class="voice__detail" class:voice__detail--failed=move || broken.get()>{detail}</span>
            </div>
            <Show when=move || position.with(Option::is_some)>
                <button class="voice__speed" type="button" aria-label=move || t_with("voice-speed", &[("speed", speed_words().into())]) on:click=move |_| faster()>
                    {move || format!("{}×", speed_words())}
                </button>
            </Show>
            <Show when=move || !going_up()>
                <IconButton icon=IconName::Download label=move || t("files-save") size=ControlSize::Small on_press=save />
            </Show>
            {own.then(|| view! { <Moving file_id=id() way=Way::Up over=false /> })}
        </div>
    }
}

/// "1.5", "1,5"; tracks.
fn speed_words() -> String {
    let words = speed().to_string();
    if language() == Language::Ru { words.replace('.', ",") } else { words }
}

/// Where it is and where one can go: bars, or a line.
#[component]
fn Track(
    wave: Option<Vec<u8>>,
    length_ms: u64,
    at_ms: Signal<u64>,
    #[prop(into)] go: Callback<(u64,)>,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    let length_ms = length_ms.max(1);
    let done = move || (at_ms.get() as f64 / length_ms as f64).clamp(0.0, 1.0);
    let press = move |event: web_sys::PointerEvent| {
        let Some(track) = node.get_untracked().filter(|_| event.buttons() == 1) else { return };
        let place = track.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0);
        go.run(((share.clamp(0.0, 1.0) * length_ms as f64) as u64,));
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        let now = at_ms.get_untracked();
        match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => go.run((now.saturating_sub(STEP_MS),)),
            "ArrowRight" | "ArrowUp" => go.run((now + STEP_MS,)),
            "Home" => go.run((0,)),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let drawing = wave.map(|bars| {
        let drawn = path(&bars, HEIGHT);
        let layer = |class: &'static str| {
            view! {
                <svg class=class viewBox=format!("0 0 100 {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                    <path d=drawn.clone() />
                </svg>
            }
        };
        view! { {layer("voice__wave")} <span class="voice__done" aria-hidden="true">{layer("voice__wave voice__wave--done")}</span> }
    });
    let line = drawing.is_none().then(|| view! { <span class="voice__line" aria-hidden="true" /> });
    view! {
        <div
            class="voice__track"
            node_ref=node
            tabindex="0"
            role="slider"
            aria-label=move || t("voice-place")
            aria-valuemin="0"
            aria-valuemax=(length_ms / 1_000).to_string()
            aria-valuenow=move || (at_ms.get() / 1_000).to_string()
            aria-valuetext=move || format!("{} / {}", clock(at_ms.get()), clock(length_ms))
            style=("--done", move || format!("{:.2}%", done() * 100.0))
            on:pointerdown=press
            on:pointermove=press
            on:keydown=key
        >
            {drawing}
            {line}
        </div>
    }
}
