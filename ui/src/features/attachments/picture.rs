//! A picture in a message. Its room is there before it is, so that nothing jumps; its miniature stands in until it has come.

use leptos::prelude::*;
use view::{Attachment, Way};

use super::blobs::address;
use super::file_row::Moving;
use super::measure::draw;
use crate::i18n::{t, t_with};
use crate::primitives::{Icon, IconName};
use crate::state::AppState;

/// Room for a picture whose size the sender did not say, in CSS pixels.
const UNKNOWN: (u32, u32) = (320, 240);
/// How large a single picture is drawn at most.
const SINGLE_MAX: (f64, f64) = (420.0, 420.0);

/// Whether the content is there.
#[derive(Clone, PartialEq)]
enum Content {
    Coming,
    Here(String),
    Missing,
}

/// One picture; a press shows it large.
#[component]
pub(super) fn Picture(file: Attachment, own: bool, single: bool) -> impl IntoView {
    let state = AppState::get();
    let content = RwSignal::new(Content::Coming);
    let file = StoredValue::new(file);
    let fetch = move || {
        content.set(Content::Coming);
        leptos::task::spawn_local(async move {
            let Some(id) = file.try_with_value(|file| file.file.id.clone()) else { return };
            let found = address(&id).await.map_or(Content::Missing, Content::Here);
            // The message may be off the screen by now.
            content.try_set(found);
        });
    };
    fetch();
    // What could not be read offline is read when the network is back.
    Effect::new(move || {
        let online = state.connection.with(|connection| *connection == view::Connection::Online);
        if online && content.with_untracked(|content| *content == Content::Missing) {
            fetch();
        }
    });
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    Effect::new(move || {
        if let (Some(node), Some(hash)) = (canvas.get(), file.with_value(|file| file.about.thumbhash.clone())) {
            // What is no miniature draws nothing.
            let _ = draw(&hash, &node);
        }
    });
    let (width, height) = file.with_value(|file| match (file.about.width, file.about.height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => UNKNOWN,
    });
    let name = file.with_value(|file| file.file.name.clone());
    let label = name.clone();
    let press = move |_: leptos::ev::MouseEvent| match content.get_untracked() {
        Content::Here(_) => state.files.view_picture(file.get_value()),
        Content::Missing => fetch(),
        Content::Coming => {}
    };
    view! {
        <div
            class="picture"
            class:picture--single=single
            style:aspect-ratio=move || single.then(|| format!("{width} / {height}"))
            style:width=move || single.then(|| format!("{}px", drawn_width(width, height)))
        >
            <button class="picture__button" type="button" aria-label=move || t_with("files-open-picture", &[("name", label.clone().into())]) on:click=press>
                <canvas class="picture__miniature" node_ref=canvas aria-hidden="true" />
                {move || match content.get() {
                    Content::Here(address) => view! { <img class="picture__image" src=address alt="" draggable="false" /> }.into_any(),
                    Content::Missing => view! {
                        <span class="picture__missing"><Icon name=IconName::Retry />{move || t("files-picture-missing")}</span>
                    }.into_any(),
                    Content::Coming => ().into_any(),
                }}
            </button>
            {own.then(|| view! { <Moving file_id=file.with_value(|file| file.file.id.clone()) way=Way::Up over=true /> })}
        </div>
    }
}

/// As wide as it is, bounded, and never so narrow that its buttons do not fit.
fn drawn_width(width: u32, height: u32) -> f64 {
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (SINGLE_MAX.0 / width).min(SINGLE_MAX.1 / height).min(1.0);
    (width * scale).max(160.0).round()
}
