//! Files that are dragged over the page of a browser: dropped anywhere, they go to the composer. The desktop's shell takes what is
//! dragged onto its window by itself.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::DragEvent;

use crate::bridge::files::offer;
use crate::i18n::t;
use crate::primitives::{Icon, IconName, IconSize};

/// Covers the pane around it while files hang over the page.
#[component]
pub fn DropZone(
    /// What is dropped is this composer's from now on.
    #[prop(into)]
    take: Callback<()>,
) -> impl IntoView {
    let over = RwSignal::new(false);
    let enter = window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    // Without a place where it goes to, the pointer leaves the page.
    let leave = window_event_listener(ev::dragleave, move |event| {
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        over.set(false);
        // The composer may have taken them already.
        if event.default_prevented() || !has_files(&event) {
            return;
        }
        event.prevent_default();
        let list = event.data_transfer().and_then(|data| data.files());
        take.run(());
        offer(list.iter().flat_map(|list| (0..list.length()).filter_map(|at| list.get(at))).collect());
    });
    on_cleanup(move || {
        enter.remove();
        leave.remove();
        drop.remove();
    });
    view! {
        <Show when=move || over.get()>
            <div class="drop-zone" role="status">
                <div class="drop-zone__words">
                    <Icon name=IconName::Attach size=IconSize::Large />
                    <strong>{move || t("files-drop")}</strong>
                </div>
            </div>
        </Show>
    }
}

fn has_files(event: &DragEvent) -> bool {
    // Nothing that blocks the page may be over it: then the drop would be lost.
    let blocked = document().query_selector("dialog[open]").ok().flatten().is_some();
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    !blocked && target.is_some() && event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}
