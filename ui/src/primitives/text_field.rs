//! One line of text with its label, help and error.

use leptos::prelude::*;

use super::{Icon, IconName, IconSize, unique_id};

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FieldKind {
    /// Any text.
    #[default]
    Text,
    /// Hidden, with an eye to show it; the browser may fill in a known one.
    Password,
    /// Hidden; a new one is being made.
    NewPassword,
    /// The name one logs in with.
    Username,
    /// Words to find; with a lens and a cross.
    Search,
    /// An address or a link.
    Url,
    /// A whole number.
    Number,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            FieldKind::Password | FieldKind::NewPassword => "password",
            FieldKind::Search => "search",
            _ => "text",
        }
    }

    fn autocomplete(self) -> &'static str {
        match self {
            FieldKind::Password => "current-password",
            FieldKind::NewPassword => "new-password",
            FieldKind::Username => "username",
            FieldKind::Email => "email",
            FieldKind::Phone => "tel",
            _ => "off",
        }
    }

    fn inputmode(self) -> Option<&'static str> {
        match self {
            FieldKind::Number => Some("numeric"),
            FieldKind::Url => Some("url"),
            FieldKind::Email => Some("email"),
            FieldKind::Phone => Some("tel"),
            _ => None,
        }
    }

    fn is_machine_text(self) -> bool {
        !matches!(self, FieldKind::Text | FieldKind::Search)
    }
}

/// A labelled line of text.
#[component]
pub fn TextField(
    /// Its name. Search fields show it as placeholder only.
    #[prop(into)]
    label: Signal<String>,
    /// What is typed; two-way.
    #[prop(into)]
    value: RwSignal<String>,
    /// What is typed.
    #[prop(optional)]
    kind: FieldKind,
    /// A word of help below; may be empty.
    #[prop(optional, into)]
    help: Signal<String>,
    /// What is wrong, instead of the help; empty while nothing is.
    #[prop(optional, into)]
    error: Signal<String>,
    /// An example shown while empty.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    /// Cannot be changed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<leptos::html::Input>,
) -> impl IntoView {
    let id = unique_id("field");
    let note = format!("{id}-note");
    let bare = kind == FieldKind::Search;
    let hidden = kind.input_type() == "password";
    let reveal = RwSignal::new(false);
    let has_note = move || !error.get().is_empty() || !help.get().is_empty();
    let described = {
        let note = note.clone();
        move || has_note().then(|| note.clone())
    };
    let shown_placeholder = move || if bare { label.get() } else { placeholder.get() };
    view! {
        <div class="field" class:field--error=move || !error.get().is_empty() class:field--bare=bare>
            <label class=if bare { "visually-hidden" } else { "field__label" } for=id.clone()>{move || label.get()}</label>
            <div class="field__box">
                {bare.then(|| view! { <Icon name=IconName::Search size=IconSize::Small /> })}
                <input
                    class="field__input"
                    id=id
                    type=move || if reveal.get() { "text" } else { kind.input_type() }
                    autocomplete=kind.autocomplete()
                    inputmode=kind.inputmode()
                    spellcheck=if kind.is_machine_text() { "false" } else { "true" }
                    autocapitalize=kind.is_machine_text().then_some("none")
                    placeholder=shown_placeholder
                    disabled=move || disabled.get()
                    aria-invalid=move || (!error.get().is_empty()).then_some("true")
                    aria-describedby=described
                    node_ref=node_ref
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                />
                {hidden.then(|| view! { <Eye reveal=reveal label=label /> })}
                <Show when=move || bare && !value.get().is_empty()>
                    <Cross value=value />
                </Show>
            </div>
            <Show when=has_note>
                <p class="field__note" id=note.clone() aria-live="polite">
                    {move || if error.get().is_empty() { help.get() } else { error.get() }}
                </p>
            </Show>
        </div>
    }
}

/// Empties a search field by pointer; by keyboard Esc does so, thus it needs neither the focus nor a name.
#[component]
fn Cross(value: RwSignal<String>) -> impl IntoView {
    view! {
        <button class="field__eye" type="button" tabindex="-1" aria-hidden="true" on:click=move |_| value.set(String::new())>
            <Icon name=IconName::Close size=IconSize::Small />
        </button>
    }
}

/// Shows a hidden text. Its name is that of the field; the pressed state says the rest in every language.
#[component]
fn Eye(reveal: RwSignal<bool>, label: Signal<String>) -> impl IntoView {
    view! {
        <button
            class="field__eye"
            type="button"
            aria-label=move || label.get()
            aria-pressed=move || reveal.get().to_string()
            on:click=move |_| reveal.update(|shown| *shown = !*shown)
        >
            <Icon name=Signal::derive(move || if reveal.get() { IconName::EyeOff } else { IconName::Eye }) />
        </button>
    }
}
