//! Sound and video: the browser's own controls, once the person asks for them; before that, and for what is too large for the
//! page, a row like any other file.

use leptos::prelude::*;
use view::Attachment;

use super::blobs::address;
use super::file_row::FileRow;
use crate::i18n::t;
use crate::primitives::{Button, ControlSize, IconName};

/// Largest file that is played in the page, in bytes.
const PLAYED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A sound or a video.
#[component]
pub(super) fn Media(file: Attachment, own: bool, video: bool) -> impl IntoView {
    let playing = RwSignal::new(None::<Option<String>>);
    let busy = RwSignal::new(false);
    let id = StoredValue::new(file.file.id.clone());
    let name = StoredValue::new(file.file.name.clone());
    let small = file.file.size <= PLAYED_BYTES_MAX;
    let play = move || {
        busy.set(true);
        leptos::task::spawn_local(async move {
            let found = address(&id.get_value()).await;
            playing.try_set(Some(found));
            busy.try_set(false);
        });
    };
    view! {
        <div class="media">
            {move || match playing.get() {
                Some(Some(address)) if video => {
                    view! { <video class="media__video" controls=true autoplay=true src=address aria-label=name.get_value() /> }.into_any()
                }
                Some(Some(address)) => {
                    view! { <audio class="media__sound" controls=true autoplay=true src=address aria-label=name.get_value() /> }.into_any()
                }
                Some(None) => view! { <p class="media__missing">{move || t("files-missing")}</p> }.into_any(),
                None => ().into_any(),
            }}
            <FileRow file=file own=own />
            <Show when=move || small && !playing.with(|playing| matches!(playing, Some(Some(_))))>
                <Button size=ControlSize::Small icon=IconName::Play disabled=busy on_press=play>{move || t("files-play")}</Button>
            </Show>
        </div>
    }
}
