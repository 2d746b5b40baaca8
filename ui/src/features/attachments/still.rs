//! A picture that stands still in a message, of a picture or of a video: its miniature at once, then the picture itself.

use leptos::prelude::*;
use view::{Attachment, Connection, FileId};

use super::blobs::address;
use super::canvas::draw_miniature;
use crate::state::AppState;

/// Room for a picture whose size the sender did not say, in CSS pixels.
const UNKNOWN: (u32, u32) = (320, 240);
/// How large a single picture is drawn at most.
const SINGLE_MAX: (f64, f64) = (420.0, 420.0);

/// Whether the content is there.
#[derive(Clone, PartialEq)]
pub(super) enum Content {
    Coming,
    Here(String),
    Missing,
}

/// A content that is being fetched, and fetched again once the network is back.
#[derive(Clone, Copy)]
pub(super) struct Fetched {
    id: StoredValue<FileId>,
    pub(super) content: RwSignal<Content>,
}

impl Fetched {
    pub(super) fn new(state: AppState, id: FileId) -> Self {
        let fetched = Self { id: StoredValue::new(id), content: RwSignal::new(Content::Coming) };
        fetched.fetch();
        Effect::new(move || {
            let online = state.connection.with(|connection| *connection == Connection::Online);
            if online && fetched.content.with_untracked(|content| *content == Content::Missing) {
                fetched.fetch();
            }
        });
        fetched
    }

    pub(super) fn fetch(self) {
        self.content.set(Content::Coming);
        leptos::task::spawn_local(async move {
            let Some(id) = self.id.try_get_value() else { return };
            let found = address(&id).await.map_or(Content::Missing, Content::Here);
            // The message may be off the screen by now.
            self.content.try_set(found);
        });
    }
}

/// Fills the box around it.
#[component]
pub(super) fn Still(hash: Option<String>, content: RwSignal<Content>) -> impl IntoView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move || {
        if let (Some(node), Some(hash)) = (canvas.get(), hash.as_deref()) {
            // What is no miniature draws nothing.
            let _ = draw_miniature(hash, &node);
        }
    });
    view! {
        <canvas class="picture__miniature" node_ref=canvas aria-hidden="true" />
        {move || match content.get() {
            Content::Here(address) => {
                Some(view! { <img class="picture__image" src=address alt="" draggable="false" /> })
            }
            Content::Missing | Content::Coming => None,
        }}
    }
}

/// The proportions that the sender said.
pub(super) fn proportions(file: &Attachment) -> (u32, u32) {
    match (file.about.width, file.about.height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => UNKNOWN,
    }
}

/// As wide as it is, bounded, and never so narrow that its buttons do not fit.
pub(super) fn drawn_width((width, height): (u32, u32)) -> f64 {
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (SINGLE_MAX.0 / width).min(SINGLE_MAX.1 / height).min(1.0);
    (width * scale).max(160.0).round()
}
