//! A picture over the whole page, with those before and after it in the chat: arrow keys, Esc, save, nearer and farther.

use leptos::prelude::*;
use view::{Attachment, Command};
use wasm_bindgen::JsCast as _;

use super::blobs::address;
use super::kinds::{Kind, size_words};
use super::near::Near;
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
    let near = RwSignal::new(Near::default());
    let pictures = move || pictures_of(state);
    let neighbour = move |by: isize| {
        let now = viewing.get()?;
        let all = pictures();
        let at = all.iter().position(|file| file.file.id == now.file.id)?;
        all.get(at.checked_add_signed(by)?).cloned()
    };
    let step = move |by: isize| {
        if let Some(next) = untrack(|| neighbour(by)) {
            viewing.set(Some(next));
        }
    };
    Effect::new(move || {
        let Some(file) = viewing.get() else { return };
        shown.set(None);
        near.set(Near::default());
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
            (true, false) => {
                _ = dialog.show_modal();
                // Not a button: the arrow keys are for the pictures.
                _ = dialog.focus();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowLeft" => step(-1),
            "ArrowRight" => step(1),
            "+" | "=" => near.update(Near::nearer),
            "-" => near.update(Near::farther),
            "0" => near.set(Near::default()),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let press = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        // A picture that is near is dragged by its surroundings too.
        let beside = target.is_some_and(|target| target.class_list().contains("viewer__stage"));
        if beside && near.with_untracked(|near| !near.is_near()) {
            viewing.set(None);
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        viewing.set(None);
    };
    let stage = NodeRef::<leptos::html::Div>::new();
    let wheel = move |event: web_sys::WheelEvent| {
        event.prevent_default();
        near.update(if event.delta_y() < 0.0 { Near::nearer } else { Near::farther });
    };
    let held = StoredValue::new(None::<(f64, f64)>);
    let point = |event: &web_sys::PointerEvent| (f64::from(event.client_x()), f64::from(event.client_y()));
    let hold = move |event: web_sys::PointerEvent| {
        held.set_value(near.with_untracked(|near| near.is_near()).then(|| point(&event)));
        if let Some(node) = stage.get_untracked().filter(|_| held.with_value(Option::is_some)) {
            // Without it the drag ends at the edge.
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: web_sys::PointerEvent| {
        let Some(before) = held.get_value() else { return };
        let now = point(&event);
        held.set_value(Some(now));
        near.update(|near| near.move_by(now.0 - before.0, now.1 - before.1));
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
    let at_start = Signal::derive(move || !near.with(Near::is_near));
    let first = Signal::derive(move || neighbour(-1).is_none());
    let last = Signal::derive(move || neighbour(1).is_none());
    view! {
        <dialog class="viewer" node_ref=node tabindex="-1" aria-label=move || t("files-viewer") on:cancel=cancel on:keydown=key on:mousedown=press>
            {move || viewing.get().map(|file| view! {
                <header class="viewer__head">
                    <div class="viewer__words">
                        <strong>{file.file.name.clone()}</strong>
                        <span>{move || size_words(file.file.size)} {move || place().map(|place| format!(" · {place}"))}</span>
                    </div>
                    <IconButton icon=IconName::Minus label=move || t("files-farther") disabled=at_start on_press=move || near.update(Near::farther) />
                    <IconButton icon=IconName::Add label=move || t("files-nearer") on_press=move || near.update(Near::nearer) />
                    <IconButton icon=IconName::ChevronLeft label=move || t("files-previous") disabled=first on_press=move || step(-1) />
                    <IconButton icon=IconName::ChevronRight label=move || t("files-next") disabled=last on_press=move || step(1) />
                    <IconButton icon=IconName::Download label=move || t("files-save") on_press=save />
                    <IconButton icon=IconName::Close label=move || t("files-close") on_press=move || viewing.set(None) />
                </header>
            })}
            <div
                class="viewer__stage"
                class:viewer__stage--near=move || near.with(Near::is_near)
                node_ref=stage
                on:wheel=wheel
                on:pointerdown=hold
                on:pointermove=drag
                on:pointerup=move |_| held.set_value(None)
                on:pointercancel=move |_| held.set_value(None)
                on:dblclick=move |_| near.update(Near::toggle)
            >
                {move || match (viewing.get(), shown.get()) {
                    (Some(file), Some(Some(address))) => {
                        let transform = move || near.with(Near::transform);
                        view! { <img class="viewer__image" src=address alt=file.file.name draggable="false" style:transform=transform /> }.into_any()
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
