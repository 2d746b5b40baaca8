//! Several lines of text with a label, growing with what is typed.

use leptos::prelude::*;

use super::unique_id;

/// A labelled text of several lines.
#[component]
pub fn TextArea(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed; two-way.
    #[prop(into)]
    value: RwSignal<String>,
    /// A word of help below; may be empty.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong, instead of the help; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// Lines shown at least.
    #[prop(default = 3)]
    rows: u32,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("area");
    let note = format!("{id}-note");
    let has_note = move || !error.get().is_empty() || !help.get().is_empty();
    let described = {
        let note = note.clone();
        move || has_note().then(|| note.clone())
    };
    view! {
        <div class="field" class:field--error=move || !error.get().is_empty()>
            <label class="field__label" for=id.clone()>{move || label.get()}</label>
            <div class="field__box">
                <textarea
                    class="field__input text-area"
                    id=id
                    rows=rows
                    disabled=move || disabled.get()
                    aria-invalid=move || (!error.get().is_empty()).then_some("true")
                    aria-describedby=described
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </div>
            <Show when=has_note>
                <p class="field__note" id=note.clone() aria-live="polite">
                    {move || if error.get().is_empty() { help.get() } else { error.get() }}
                </p>
            </Show>
        </div>
    }
}
