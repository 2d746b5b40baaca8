//! Short news at the edge of the window. Which news there is and when it goes is the caller's.

use leptos::prelude::*;

use super::{ControlSize, Icon, IconButton, IconName};

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ToastTone {
    /// Good to know.
    #[default]
    Neutral,
    /// Done.
    Success,
    /// Failed.
    Critical,
}

/// One piece of news, inside a [`ToastStack`].
#[component]
pub fn Toast(
    /// How serious.
    #[prop(optional)]
    tone: ToastTone,
    /// A bold line above the words; may be empty.
    #[prop(optional, into)]
    title: Signal<String>,
    /// The words; cut after three lines.
    #[prop(into)]
    text: Signal<String>,
    /// The accessible name of the cross: "Dismiss".
    #[prop(into)]
    dismiss_label: Signal<String>,
    /// The cross was pressed.
    #[prop(into)]
    on_dismiss: Callback<()>,
    /// A button: undo, open.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (class, icon) = match tone {
        ToastTone::Neutral => ("toast", IconName::Info),
        ToastTone::Success => ("toast toast--success", IconName::Check),
        ToastTone::Critical => ("toast toast--critical", IconName::Warning),
    };
    view! {
        <div class=class>
            <Icon name=icon />
            <div class="toast__words">
                <Show when=move || !title.get().is_empty()>
                    <strong class="toast__title">{move || title.get()}</strong>
                </Show>
                <span class="toast__text">{move || text.get()}</span>
            </div>
            {children.map(|children| children())}
            <IconButton icon=IconName::Close label=dismiss_label size=ControlSize::Small on_press=on_dismiss />
        </div>
    }
}

/// The place where news appears, newest below; once, at the root. Read out politely.
#[component]
pub fn ToastStack(
    /// The [`Toast`]s: a keyed `For`.
    children: Children,
) -> impl IntoView {
    view! { <div class="toasts" role="status" aria-live="polite">{children()}</div> }
}
