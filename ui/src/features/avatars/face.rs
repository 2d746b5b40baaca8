//! The addresses of pictures that this page can draw, one signal a picture: however many rows show a person, it is read once.

use std::cell::RefCell;
use std::collections::HashMap;

use leptos::prelude::*;
use view::{ChatRow, Connection, FileId};
use web_sys::Url;

use crate::bridge::files::load;
use crate::state::AppState;

/// More pictures than this, and those that came first are let go, with what they take of the page's memory.
const FACES_MAX: usize = 2_000;

#[derive(Clone, PartialEq)]
enum Face {
    Coming,
    Here(String),
    /// Asked again when the network is back.
    Missing,
}

type Known = HashMap<FileId, ArcRwSignal<Face>>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// The address of a picture that stays the same; `None` until it is there.
pub fn face(avatar: Option<FileId>) -> Signal<Option<String>> {
    face_of(Signal::stored(avatar))
}

/// The address of a picture that may become another one.
pub fn face_of(avatar: Signal<Option<FileId>>) -> Signal<Option<String>> {
    let state = AppState::try_get();
    Signal::derive(move || {
        let known = known(&avatar.get()?);
        match known.get() {
            Face::Here(address) => Some(address),
            Face::Coming => None,
            Face::Missing => {
                let online = state?.connection.with(|connection| *connection == Connection::Online);
                if online {
                    fetch(avatar.get_untracked()?, known);
                }
                None
            }
        }
    })
}

/// The picture of a chat's row: of a private chat the other person's, as it is now.
pub fn face_of_row(row: RwSignal<ChatRow>) -> Signal<Option<String>> {
    face_of(Signal::derive(move || row.with(avatar_of)))
}

/// Which picture a chat's row shows; tracks the other person of a private chat.
pub fn avatar_of(row: &ChatRow) -> Option<FileId> {
    match (&row.person, AppState::try_get()) {
        (Some(person), Some(state)) => state.people.fresh(person).avatar,
        (Some(person), None) => person.avatar.clone(),
        (None, _) => row.avatar.clone(),
    }
}

fn known(id: &FileId) -> ArcRwSignal<Face> {
    if let Some(signal) = KNOWN.with_borrow(|known| known.get(id).cloned()) {
        return signal;
    }
    let signal = ArcRwSignal::new(Face::Coming);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= FACES_MAX {
            let_go(known);
        }
        known.insert(id.clone(), signal.clone());
    });
    fetch(id.clone(), signal.clone());
    signal
}

fn fetch(id: FileId, signal: ArcRwSignal<Face>) {
    leptos::task::spawn_local(async move {
        let address = match load(&id).await {
            Some(blob) => Url::create_object_url_with_blob(&blob).ok(),
            None => None,
        };
        let found = address.map_or(Face::Missing, Face::Here);
        // The same again would ask again at once.
        if signal.with_untracked(|old| *old != found) {
            signal.set(found);
        }
    });
}

/// Half of them go; what is on screen has been drawn.
fn let_go(known: &mut Known) {
    let half: Vec<FileId> = known.keys().take(known.len() / 2).cloned().collect();
    for id in half {
        if let Some(Face::Here(address)) = known.remove(&id).map(|signal| signal.get_untracked()) {
            let _ = Url::revoke_object_url(&address);
        }
    }
}
