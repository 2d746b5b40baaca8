//! A row of a list: something before, two lines, something after. One press target.

use leptos::prelude::*;

/// A row one can press.
#[component]
pub fn ListRow(
    /// First line.
    #[prop(into)]
    title: Signal<String>,
    /// Second line; may be empty.
    #[prop(optional, into)]
    text: Signal<String>,
    /// What pressing does.
    #[prop(into)]
    on_press: Callback<()>,
    /// The one that is shown or chosen.
    #[prop(optional, into)]
    selected: Signal<bool>,
    /// One line, 44 px.
    #[prop(optional, into)]
    compact: Signal<bool>,
    /// Before the lines: an avatar, an icon.
    #[prop(optional, into)]
    start: ViewFn,
    /// Beside the first line: a sign.
    #[prop(optional, into)]
    beside: ViewFn,
    /// After the lines: time, badge, button.
    #[prop(optional, into)]
    end: ViewFn,
) -> impl IntoView {
    view! {
        <button
            class="list-row"
            class:list-row--selected=move || selected.get()
            class:list-row--compact=move || compact.get()
            type="button"
            aria-current=move || selected.get().then_some("true")
            on:click=move |_| on_press.run(())
        >
            {start.run()}
            <span class="list-row__lines">
                <span class="list-row__first">
                    <span class="list-row__title">{move || title.get()}</span>
                    {beside.run()}
                </span>
                <Show when=move || !text.get().is_empty() && !compact.get()>
                    <span class="list-row__text">{move || text.get()}</span>
                </Show>
            </span>
            {end.run()}
        </button>
    }
}
