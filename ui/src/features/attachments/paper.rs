//! A document in a message: its first page, where its sender has drawn one, above its row. A press reads it.

use leptos::prelude::*;
use view::Attachment;

use super::file_row::FileRow;
use super::still::{Content, Fetched, Still};
use crate::i18n::{t, t_with};
use crate::primitives::{ControlSize, IconButton, IconName};
use crate::state::AppState;

/// A PDF file or a text.
#[component]
pub(super) fn Paper(file: Attachment, own: bool) -> impl IntoView {
    let state = AppState::get();
    let (hash, small) = (file.about.thumbhash.clone(), file.about.thumbnail_id.clone());
    let name = file.file.name.clone();
    let shown = StoredValue::new(file.clone());
    let read = move || state.files.reading.set(Some(shown.get_value()));
    let first_page = (hash.is_some() || small.is_some()).then(|| {
        let content = small.map_or_else(|| RwSignal::new(Content::Coming), |id| Fetched::new(state, id).content);
        view! {
            <button class="paper__page" type="button" aria-label=move || t_with("files-read-document", &[("name", name.clone().into())]) on:click=move |_| read()>
                <Still hash=hash content=content />
            </button>
        }
    });
    view! {
        <div class="paper">
            {first_page}
            <FileRow file=file own=own>
                <IconButton icon=IconName::Eye label=move || t("files-read") size=ControlSize::Small on_press=read />
            </FileRow>
        </div>
    }
}
