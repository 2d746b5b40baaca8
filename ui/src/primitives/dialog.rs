//! A question or a form above the page: the native `<dialog>`, so that focus and Esc are right.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{IconButton, IconName, unique_id};

/// How wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogWidth {
    /// 440 px: questions, short forms.
    #[default]
    Normal,
    /// 600 px: lists, settings.
    Wide,
}

/// A modal dialog. Put buttons at the end into `<div class="dialog__actions">`.
#[component]
pub fn Dialog(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Asked to close: Esc, the cross, a press beside it. Set `open` to false.
    #[prop(into)]
    on_close: Callback<()>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// The accessible name of the cross: "Close".
    #[prop(into)]
    close_label: Signal<String>,
    /// How wide.
    #[prop(optional)]
    width: DialogWidth,
    /// What is inside; made anew at each opening.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Dialog>::new();
    let name = StoredValue::new(unique_id("dialog"));
    let children = StoredValue::new(children);
    let class = if width == DialogWidth::Wide { "dialog dialog--wide" } else { "dialog" };
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // Refused only while it is not in the page; then it opens with the next change.
            (true, false) => {
                _ = dialog.show_modal();
                focus_content(&dialog);
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let press = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            on_close.run(());
        }
    };
    let cancel = move |event: leptos::ev::Event| {
        event.prevent_default();
        on_close.run(());
    };
    view! {
        <dialog class=class node_ref=node aria-labelledby=name.get_value() on:cancel=cancel on:mousedown=press>
            <Show when=move || open.get()>
                <div class="dialog__box" tabindex="-1">
                    <div class="dialog__head">
                        <h1 class="dialog__title" id=name.get_value()>{move || title.get()}</h1>
                        <IconButton icon=IconName::Close label=close_label on_press=on_close />
                    </div>
                    <div class="dialog__body">{children.with_value(|children| children())}</div>
                </div>
            </Show>
        </dialog>
    }
}

/// The focus begins with what the dialog is about, never on its cross: the first control, or the whole while there is none.
fn focus_content(dialog: &web_sys::HtmlDialogElement) {
    const WANTED: [&str; 2] = [
        ".dialog__body :is(input, textarea, select, button, [href], [tabindex='0']):not([disabled], [tabindex='-1'])",
        ".dialog__box",
    ];
    let found = WANTED.iter().find_map(|wanted| dialog.query_selector(wanted).ok().flatten());
    if let Some(element) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = element.focus();
    }
}
