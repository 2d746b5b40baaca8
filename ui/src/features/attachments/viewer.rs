//! A picture over the whole page, with those before and after it in the chat: arrow keys, Esc, save.

use leptos::prelude::*;
use view::{Attachment, Command};
use wasm_bindgen::JsCast as _;

use super::blobs::address;
use super::kinds::{Kind, size_words};
use crate::bridge;
use crate::i18n::{t, t_with};
use crate::primitives::{IconButton, IconName};
use crate::state::AppState;

/// The overlay; stands once in the page.
#[component]
pub fn PictureViewer() -> impl IntoView {
    let state = AppState::get();
    let viewing = state.files.viewing;
    let node = NodeRef::<leptos::html::Dialog>::new();
    let shown = RwSignal::new(None::<Option<String>>);
    let pictures = move || pictures_of(state);
    let step = move |by: isize| {
        let Some(now) = viewing.get_untracked() else { return };
        let all = pictures();
        let at = all.iter().position(|file| file.file.id == now.file.id);
        if let Some(next) = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| all.get(at)) {
            viewing.set(Some(next.clone()));
        }
    };
    Effect::new(move || {
        let Some(file) = viewing.get() else { return };
        shown.set(None);
        leptos::task::spawn_local(async move {
            let found = address(&file.file.id).await;
            if viewing.with_untracked(|now| now.as_ref().is_some_and(|now| now.file.id == file.file.id)) {
                shown.set(Some(found));
            }
        });
    });
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (viewing.with(Option::is_some), dialog.open()) {
            // Refused only while it is not in the page.
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => step(-1),
            "ArrowRight" => step(1),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let press = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.class_list().contains("viewer__stage")) {
            viewing.set(None);
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        viewing.set(None);
    };
    let place = move || {
        let now = viewing.get()?;
        let all = pictures();
        let at = all.iter().position(|file| file.file.id == now.file.id)?;
        (all.len() > 1).then(|| t_with("files-place", &[("at", (at + 1).into()), ("count", all.len().into())]))
    };
    let save = move || {
        if let Some(now) = viewing.get_untracked() {
            bridge::tell(state, Command::SaveFile { file: now.file });
        }
    };
    view! {
        <dialog class="viewer" node_ref=node aria-label=move || t("files-viewer") on:cancel=cancel on:keydown=key on:mousedown=press>
            {move || viewing.get().map(|file| view! {
                <header class="viewer__head">
                    <div class="viewer__words">
                        <strong>{file.file.name.clone()}</strong>
                        <span>{move || size_words(file.file.size)} {move || place().map(|place| format!(" · {place}"))}</span>
                    </div>
                    <IconButton icon=IconName::ChevronLeft label=move || t("files-previous") on_press=move || step(-1) />
                    <IconButton icon=IconName::ChevronRight label=move || t("files-next") on_press=move || step(1) />
                    <IconButton icon=IconName::Download label=move || t("files-save") on_press=save />
                    <IconButton icon=IconName::Close label=move || t("files-close") on_press=move || viewing.set(None) />
                </header>
            })}
            <div class="viewer__stage">
                {move || match (viewing.get(), shown.get()) {
                    (Some(file), Some(Some(address))) => {
                        view! { <img class="viewer__image" src=address alt=file.file.name draggable="false" /> }.into_any()
                    }
                    (Some(_), Some(None)) => view! { <p class="viewer__missing">{move || t("files-missing")}</p> }.into_any(),
                    _ => ().into_any(),
                }}
            </div>
        </dialog>
    }
}

/// All pictures of the open chat that are loaded, oldest first.
fn pictures_of(state: AppState) -> Vec<Attachment> {
    let of_row = |entry: &crate::state::TimelineEntry| entry.row.with_untracked(|row| row.attachments.clone());
    let all: Vec<Attachment> = state.timeline.rows.with_untracked(|rows| rows.iter().flat_map(of_row).collect());
    all.into_iter().filter(|file| Kind::of_attachment(file) == Kind::Picture).collect()
}
