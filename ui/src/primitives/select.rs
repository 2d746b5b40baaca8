//! One of a few: the system's own list, so that it is right on every device.

use leptos::prelude::*;

use super::{Icon, IconName, IconSize, unique_id};

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What `value` becomes.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl SelectOption {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A labelled choice of one.
#[component]
pub fn Select(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// The `value` chosen.
    #[prop(into)]
    value: Signal<String>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// Told the chosen `value`.
    #[prop(into)]
    on_change: Callback<(String,)>,
    /// Hides the label from the eye (a row of settings shows it itself).
    #[prop(optional)]
    bare: bool,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("select");
    let choices = move || {
        let options = options.get().into_iter();
        options
            .map(|option| {
                let own = option.value.clone();
                view! { <option value=option.value selected=move || value.get() == own>{option.label}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label class=if bare { "visually-hidden" } else { "field__label" } for=id.clone()>{move || label.get()}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id=id
                    disabled=move || disabled.get()
                    prop:value=move || value.get()
                    on:change=move |event| on_change.run((event_target_value(&event),))
                >
                    {choices}
                </select>
                <Icon name=IconName::ChevronDown size=IconSize::Small />
            </div>
        </div>
    }
}
