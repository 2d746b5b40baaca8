//! The one sound that plays in the page. Another one that begins ends it; how fast they play stays from one to the next.

use std::cell::RefCell;

use leptos::prelude::*;
use view::FileId;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::HtmlAudioElement;

use crate::features::attachments::blob_address;
use crate::features::attachments::canvas::event;

/// How fast, in the order of pressing.
pub(super) const SPEEDS: [f64; 3] = [1.0, 1.5, 2.0];
/// Where one goes in a file whose length is not known, so that the browser finds its end.
const FAR_S: f64 = 1e7;

/// What the page hears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Position {
    /// It plays, not paused.
    pub(super) playing: bool,
    /// Where, in milliseconds.
    pub(super) at_ms: u64,
}

struct Player {
    element: HtmlAudioElement,
    // Counted, not owned: they live as long as the page, not as the row that played first.
    file: ArcRwSignal<Option<FileId>>,
    position: ArcRwSignal<Position>,
    speed: ArcRwSignal<f64>,
}

thread_local! {
    static PLAYER: RefCell<Option<&'static Player>> = const { RefCell::new(None) };
}

/// The page's player, made once; `None` where there is no sound at all.
fn player() -> Option<&'static Player> {
    if let Some(player) = PLAYER.with_borrow(|player| *player) {
        return Some(player);
    }
    let element = HtmlAudioElement::new().ok()?;
    let player = Player {
        element,
        file: ArcRwSignal::new(None),
        position: ArcRwSignal::new(Position { playing: false, at_ms: 0 }),
        speed: ArcRwSignal::new(1.0),
    };
    let player: &'static Player = Box::leak(Box::new(player));
    for name in ["timeupdate", "play", "pause", "ended", "seeked"] {
        let look = Closure::<dyn FnMut()>::new(|| look(player_now()));
        let added = player.element.add_event_listener_with_callback(name, look.as_ref().unchecked_ref());
        debug_assert!(added.is_ok(), "elements take listeners");
        look.forget();
    }
    PLAYER.set(Some(player));
    Some(player)
}

fn player_now() -> Option<&'static Player> {
    PLAYER.with_borrow(|player| *player)
}

fn look(player: Option<&'static Player>) {
    let Some(player) = player else { return };
    let at_ms = (player.element.current_time() * 1_000.0).max(0.0) as u64;
    let ended = player.element.ended();
    if at_ms as f64 >= FAR_S * 500.0 {
        // It is only looking for the end.
        return;
    }
    let at_ms = if ended { 0 } else { at_ms };
    player.position.set(Position { playing: !player.element.paused() && !ended, at_ms });
}

/// Where this file is, when it is the one that plays; tracks.
pub(super) fn position_of(file: &FileId) -> Option<Position> {
    let player = player()?;
    if player.file.with(|now| now.as_ref() == Some(file)) { Some(player.position.get()) } else { None }
}

/// How fast everything plays; tracks.
pub(super) fn speed() -> f64 {
    player().map_or(1.0, |player| player.speed.get())
}

/// The next of [`SPEEDS`].
pub(super) fn faster() {
    let Some(player) = player() else { return };
    let now = player.speed.get_untracked();
    let at = SPEEDS.iter().position(|speed| (*speed - now).abs() < 0.01).unwrap_or(0);
    player.speed.set(SPEEDS[(at + 1) % SPEEDS.len()]);
    player.element.set_playback_rate(player.speed.get_untracked());
}

/// Plays, or pauses. False: it cannot be read, or not be played here.
pub(super) async fn toggle(file: FileId) -> bool {
    let Some(player) = player() else { return false };
    if player.file.with_untracked(|now| now.as_ref() != Some(&file)) && !open(player, &file).await {
        return false;
    }
    if player.element.paused() {
        let Ok(begun) = player.element.play() else { return false };
        wasm_bindgen_futures::JsFuture::from(begun).await.is_ok()
    } else {
        // It always can be paused.
        let _ = player.element.pause();
        true
    }
}

/// Goes to a place; one that does not play yet begins there.
pub(super) async fn seek(file: FileId, at_ms: u64) -> bool {
    let Some(player) = player() else { return false };
    let is_open = player.file.with_untracked(|now| now.as_ref() == Some(&file));
    if !is_open && !toggle(file).await {
        return false;
    }
    player.element.set_current_time(at_ms as f64 / 1_000.0);
    true
}

async fn open(player: &'static Player, file: &FileId) -> bool {
    let Some(address) = blob_address(file).await else { return false };
    player.element.set_src(&address);
    player.element.set_playback_rate(player.speed.get_untracked());
    player.position.set(Position { playing: false, at_ms: 0 });
    player.file.set(Some(file.clone()));
    find_end(player).await;
    true
}

/// What a browser recorded does not say how long it is, and cannot be sought in until its end was seen.
async fn find_end(player: &'static Player) {
    event(&player.element, &["loadedmetadata", "error"]).await;
    if player.element.duration().is_infinite() {
        player.element.set_current_time(FAR_S);
        event(&player.element, &["seeked", "error"]).await;
        player.element.set_current_time(0.0);
    }
}
