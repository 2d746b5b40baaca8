//! One of a few, each with a picture of what it is: native radio buttons, so arrow keys move and choose.

use leptos::prelude::*;

use super::{SelectOption, unique_id};

/// A row of cards of which one is chosen.
#[component]
pub fn OptionCards(
    /// What is chosen, shown above.
    #[prop(into)]
    label: Signal<String>,
    /// The `value` chosen.
    #[prop(into)]
    value: Signal<String>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// The picture of a `value`. Decoration: the words stand below it.
    #[prop(into)]
    picture: Callback<(String,), AnyView>,
    /// Told the chosen `value`.
    #[prop(into)]
    on_change: Callback<(String,)>,
) -> impl IntoView {
    let group = StoredValue::new(unique_id("cards"));
    let card = move |option: SelectOption| {
        let (own, told) = (option.value.clone(), option.value.clone());
        view! {
            <label class="option-cards__card">
                <input
                    class="option-cards__input"
                    type="radio"
                    name=group.get_value()
                    value=option.value.clone()
                    prop:checked=move || value.get() == own
                    on:change=move |_| on_change.run((told.clone(),))
                />
                <span class="option-cards__picture" aria-hidden="true">{picture.run((option.value,))}</span>
                <span class="option-cards__words">{option.label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="option-cards">
            <legend class="field__label">{move || label.get()}</legend>
            <div class="option-cards__row">{move || options.get().into_iter().map(card).collect_view()}</div>
        </fieldset>
    }
}
