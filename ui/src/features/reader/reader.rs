//! A PDF file or a text over the whole page: arrow keys turn pages, `+` and `-` bring them nearer, Esc goes back.

use std::rc::Rc;

use leptos::prelude::*;
use view::{Attachment, Command};
use wasm_bindgen_futures::JsFuture;

use super::Pages;
use super::paper::Paper;
use super::text::{Beginning, beginning};
use crate::bridge;
use crate::bridge::files::load;
use crate::features::attachments::{Kind, size_words};
use crate::i18n::{t, t_with};
use crate::primitives::{IconButton, IconName};
use crate::state::AppState;

/// Nearer by this at each step.
const STEP: f64 = 1.25;
/// As near as one comes.
const SCALE_MAX: f64 = 4.0;

/// What of the file is shown.
#[derive(Clone)]
enum Shown {
    Opening,
    Pages(Rc<Pages>),
    Text(Beginning),
    /// It is there, but cannot be shown.
    Unreadable,
    /// It cannot be fetched now.
    Missing,
}

/// The overlay; stands once in the page.
#[component]
pub fn Reader() -> impl IntoView {
    let state = AppState::get();
    let reading = state.files.reading;
    let node = NodeRef::<leptos::html::Dialog>::new();
    let stage = NodeRef::<leptos::html::Div>::new();
    let shown = RwSignal::new_local(Shown::Opening);
    let (page, scale) = (RwSignal::new(0_u32), RwSignal::new(1.0));
    Effect::new(move || {
        // What was open is closed, and its worker ends.
        shown.set(Shown::Opening);
        page.set(0);
        scale.set(1.0);
        let Some(file) = reading.get() else { return };
        leptos::task::spawn_local(async move {
            let found = open(&file).await;
            if reading.with_untracked(|now| now.as_ref().is_some_and(|now| now.file.id == file.file.id)) {
                shown.set(found);
            }
        });
    });
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (reading.with(Option::is_some), dialog.open()) {
            // Refused only while it is not in the page.
            (true, false) => {
                _ = dialog.show_modal();
                // Not a button: the arrow keys are for the pages.
                _ = dialog.focus();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let count = move || shown.with(|shown| if let Shown::Pages(pages) = shown { pages.count() } else { 0 });
    let turn = move |by: i64| {
        let last = i64::from(untrack(count)).saturating_sub(1).max(0);
        page.update(|page| *page = u32::try_from((i64::from(*page) + by).clamp(0, last)).unwrap_or(0));
    };
    let nearer = move |by: f64| scale.update(|scale| *scale = (*scale * by).clamp(1.0, SCALE_MAX));
    let key = move |event: leptos::ev::KeyboardEvent| {
        if untrack(count) == 0 {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" | "PageUp" => turn(-1),
            "ArrowRight" | "PageDown" => turn(1),
            "Home" => turn(i64::from(i32::MIN)),
            "End" => turn(i64::from(i32::MAX)),
            "+" | "=" => nearer(STEP),
            "-" => nearer(1.0 / STEP),
            "0" => scale.set(1.0),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        reading.set(None);
    };
    let content = move || match shown.get() {
        Shown::Opening => {
            view! { <p class="viewer__missing" role="status">{move || t("files-opening")}</p> }.into_any()
        }
        Shown::Pages(pages) => view! { <Paper pages=pages page=page scale=scale stage=stage /> }.into_any(),
        Shown::Text(text) => view! {
            <pre class="reader__text" tabindex="0">{text.text}</pre>
            {text.cut.then(|| view! { <p class="reader__cut">{move || t("files-beginning")}</p> })}
        }
        .into_any(),
        Shown::Unreadable => {
            view! { <p class="viewer__missing" role="alert">{move || t("files-unreadable")}</p> }.into_any()
        }
        Shown::Missing => view! { <p class="viewer__missing" role="alert">{move || t("files-missing")}</p> }.into_any(),
    };
    view! {
        <dialog class="viewer reader" node_ref=node tabindex="-1" aria-label=move || t("files-reader") on:cancel=cancel on:keydown=key>
            {move || reading.get().map(|file| view! { <Head file=file count=Signal::derive(count) page=page scale=scale turn=turn nearer=nearer /> })}
            <div class="viewer__stage reader__stage" node_ref=stage>{content}</div>
        </dialog>
    }
}

/// What it is, and what can be done with it.
#[component]
fn Head(
    file: Attachment,
    count: Signal<u32>,
    page: RwSignal<u32>,
    scale: RwSignal<f64>,
    #[prop(into)] turn: Callback<(i64,)>,
    #[prop(into)] nearer: Callback<(f64,)>,
) -> impl IntoView {
    let state = AppState::get();
    let close = move || state.files.reading.set(None);
    let (name, size) = (file.file.name.clone(), file.file.size);
    let file = StoredValue::new(file.file);
    let save = move || bridge::tell(state, Command::SaveFile { file: file.get_value() });
    let place = move || {
        (count.get() > 0).then(|| {
            let place = t_with("files-page", &[("at", (page.get() + 1).into()), ("count", count.get().into())]);
            format!(" · {place}")
        })
    };
    let (paged, many) = (move || count.get() > 0, move || count.get() > 1);
    let first = Signal::derive(move || page.get() == 0);
    let last = Signal::derive(move || page.get() + 1 >= count.get());
    let farthest = Signal::derive(move || scale.get() <= 1.0);
    let nearest = Signal::derive(move || scale.get() >= SCALE_MAX);
    view! {
        <header class="viewer__head">
            <div class="viewer__words">
                <strong>{name}</strong>
                <span>{move || size_words(size)} {place}</span>
            </div>
            <Show when=paged>
                <IconButton icon=IconName::Minus label=move || t("files-farther") disabled=farthest on_press=move || nearer.run((1.0 / STEP,)) />
                <IconButton icon=IconName::Add label=move || t("files-nearer") disabled=nearest on_press=move || nearer.run((STEP,)) />
            </Show>
            <Show when=many>
                <IconButton icon=IconName::ChevronLeft label=move || t("files-page-previous") disabled=first on_press=move || turn.run((-1,)) />
                <IconButton icon=IconName::ChevronRight label=move || t("files-page-next") disabled=last on_press=move || turn.run((1,)) />
            </Show>
            <IconButton icon=IconName::Download label=move || t("files-save") on_press=save />
            <IconButton icon=IconName::Close label=move || t("files-close") on_press=close />
        </header>
    }
}

async fn open(file: &Attachment) -> Shown {
    let Some(blob) = load(&file.file.id).await else { return Shown::Missing };
    if Kind::of_attachment(file) == Kind::Paper {
        return Pages::open(&blob).await.map_or(Shown::Unreadable, |pages| Shown::Pages(Rc::new(pages)));
    }
    match JsFuture::from(blob.array_buffer()).await {
        Ok(bytes) => Shown::Text(beginning(&js_sys::Uint8Array::new(&bytes).to_vec())),
        Err(_) => Shown::Missing,
    }
}
