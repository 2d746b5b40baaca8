//! A small number or word on a plate.

use leptos::prelude::*;

/// What a badge stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadgeTone {
    /// Something new.
    #[default]
    Primary,
    /// Something new where one is mentioned.
    Critical,
    /// Only a fact: a role, a count of a muted chat.
    Neutral,
    /// All is well.
    Success,
}

/// A plate with a short text; numbers above 999 are shown as `999+`.
#[component]
pub fn Badge(
    /// What stands on it; nothing is drawn while it is empty.
    #[prop(into)]
    text: Signal<String>,
    /// What it stands for.
    #[prop(optional, into)]
    tone: Signal<BadgeTone>,
    /// What a screen reader says instead: "3 unread messages".
    #[prop(optional, into)]
    label: Signal<String>,
) -> impl IntoView {
    let class = move || match tone.get() {
        BadgeTone::Primary => "badge badge--primary",
        BadgeTone::Critical => "badge badge--critical",
        BadgeTone::Neutral => "badge badge--neutral",
        BadgeTone::Success => "badge badge--success",
    };
    let shown = move || match text.get() {
        text if text.parse::<u64>().is_ok_and(|number| number > 999) => "999+".to_owned(),
        text => text,
    };
    view! {
        <Show when=move || !text.get().is_empty()>
            <span class=class>
                <span aria-hidden=move || (!label.get().is_empty()).then_some("true")>{shown}</span>
                <Show when=move || !label.get().is_empty()>
                    <span class="visually-hidden">{move || label.get()}</span>
                </Show>
            </span>
        </Show>
    }
}
