//! A picture in a message. Its room is there before it is, so that nothing jumps; its miniature stands in until it has come.

use leptos::prelude::*;
use view::{Attachment, Way};

use super::file_row::Moving;
use super::still::{Content, Fetched, Still, drawn_width, proportions};
use crate::i18n::{t, t_with};
use crate::primitives::{Icon, IconName};
use crate::state::AppState;

/// One picture; a press shows it large.
#[component]
pub fn Picture(
    /// The file.
    file: Attachment,
    /// Of an own message, which may be on its way.
    own: bool,
    /// Alone, in its own shape; else square.
    single: bool,
) -> impl IntoView {
    let state = AppState::get();
    // A large one has a smaller one made for this place.
    let shown = file.about.thumbnail_id.clone().unwrap_or_else(|| file.file.id.clone());
    let fetched = Fetched::new(state, shown);
    let (width, height) = proportions(&file);
    let (hash, label) = (file.about.thumbhash.clone(), file.file.name.clone());
    let file = StoredValue::new(file);
    let press = move |_: leptos::ev::MouseEvent| match fetched.content.get_untracked() {
        Content::Here(_) => state.files.view_picture(file.get_value()),
        Content::Missing => fetched.fetch(),
        Content::Coming => {}
    };
    view! {
        <div
            class="picture"
            class:picture--single=single
            style:aspect-ratio=move || single.then(|| format!("{width} / {height}"))
            style:width=move || single.then(|| format!("{}px", drawn_width((width, height))))
        >
            <button class="picture__button" type="button" aria-label=move || t_with("files-open-picture", &[("name", label.clone().into())]) on:click=press>
                <Still hash=hash content=fetched.content />
                <Show when=move || fetched.content.with(|content| *content == Content::Missing)>
                    <span class="picture__missing"><Icon name=IconName::Retry />{move || t("files-picture-missing")}</span>
                </Show>
            </button>
            {own.then(|| view! { <Moving file_id=file.with_value(|file| file.file.id.clone()) way=Way::Up over=true /> })}
        </div>
    }
}
