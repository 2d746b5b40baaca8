//! A video: its poster, or a row like any other file, until the person wants to see it; then the browser's own controls.

use leptos::prelude::*;
use view::{Attachment, Way};

use super::blobs::address;
use super::file_row::{FileRow, Moving};
use super::still::{Fetched, Still, drawn_width, proportions};
use crate::features::voice::clock;
use crate::i18n::{t, t_with};
use crate::primitives::{Button, ControlSize, Icon, IconName, IconSize};
use crate::state::AppState;

/// Whether it is shown.
#[derive(Clone, PartialEq)]
enum Showing {
    No,
    Opening,
    Yes(String),
    Missing,
}

/// A video.
#[component]
pub(super) fn Media(file: Attachment, own: bool) -> impl IntoView {
    let showing = RwSignal::new(Showing::No);
    let file = StoredValue::new(file);
    let play = move || {
        showing.set(Showing::Opening);
        leptos::task::spawn_local(async move {
            let found = address(&file.with_value(|file| file.file.id.clone())).await;
            showing.try_set(found.map_or(Showing::Missing, Showing::Yes));
        });
    };
    let has_poster = file.with_value(|file| file.about.width.is_some());
    view! {
        <div class="media">
            {move || match showing.get() {
                Showing::Yes(address) => {
                    let name = file.with_value(|file| file.file.name.clone());
                    view! { <video class="media__video" controls=true autoplay=true src=address aria-label=name /> }.into_any()
                }
                Showing::Missing => view! { <p class="media__missing" role="alert">{move || t("files-missing")}</p> }.into_any(),
                Showing::No | Showing::Opening if has_poster => {
                    let busy = showing.with(|showing| *showing == Showing::Opening);
                    view! { <Poster file=file.get_value() own=own busy=busy play=play /> }.into_any()
                }
                Showing::No | Showing::Opening => ().into_any(),
            }}
            <Show when=move || !has_poster || showing.with(|showing| matches!(showing, Showing::Yes(_) | Showing::Missing))>
                <FileRow file=file.get_value() own=own />
            </Show>
            <Show when=move || !has_poster && !showing.with(|showing| matches!(showing, Showing::Yes(_)))>
                <Button
                    size=ControlSize::Small
                    icon=IconName::Play
                    disabled=Signal::derive(move || showing.with(|showing| *showing == Showing::Opening))
                    on_press=play
                >
                    {move || t("files-play")}
                </Button>
            </Show>
        </div>
    }
}

#[component]
fn Poster(file: Attachment, own: bool, busy: bool, #[prop(into)] play: Callback<()>) -> impl IntoView {
    let (width, height) = proportions(&file);
    let fetched = file.about.thumbnail_id.clone().map(|id| Fetched::new(AppState::get(), id));
    let content = fetched.map_or_else(|| RwSignal::new(super::still::Content::Coming), |fetched| fetched.content);
    let (name, length) = (file.file.name.clone(), file.about.duration_ms);
    view! {
        <div class="picture picture--single" style:aspect-ratio=format!("{width} / {height}") style:width=format!("{}px", drawn_width((width, height)))>
            <button
                class="picture__button media__poster"
                type="button"
                aria-label=move || t_with("files-play-video", &[("name", name.clone().into())])
                aria-busy=busy.then_some("true")
                on:click=move |_| play.run(())
            >
                <Still hash=file.about.thumbhash.clone() content=content />
                <span class="media__play" class:media__play--busy=busy><Icon name=IconName::Play size=IconSize::Large /></span>
                {length.map(|length| view! { <span class="media__length">{clock(length)}</span> })}
            </button>
            {own.then(|| view! { <Moving file_id=file.file.id way=Way::Up over=true /> })}
        </div>
    }
}
