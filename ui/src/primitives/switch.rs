//! On or off, at once.

use leptos::prelude::*;

/// A labelled switch.
#[component]
pub fn Switch(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// On or off.
    #[prop(into)]
    on: Signal<bool>,
    /// Told the new state.
    #[prop(into)]
    on_change: Callback<(bool,)>,
    /// A word of explanation below the name; may be empty.
    #[prop(optional, into)]
    help: Signal<String>,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <span class="switch__words">
                <span>{move || label.get()}</span>
                <Show when=move || !help.get().is_empty()>
                    <span class="switch__help">{move || help.get()}</span>
                </Show>
            </span>
            <input
                class="switch__input"
                type="checkbox"
                role="switch"
                prop:checked=move || on.get()
                disabled=move || disabled.get()
                on:change=move |event| on_change.run((event_target_checked(&event),))
            />
            <span class="switch__track" aria-hidden="true"><span class="switch__knob" /></span>
        </label>
    }
}
