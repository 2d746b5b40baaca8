//! A button with words. For a button with an icon only see [`super::IconButton`].

use leptos::prelude::*;

use super::{Icon, IconName, IconSize, Spinner, SpinnerSize};

/// How much a button asks for attention. One primary button a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ButtonKind {
    /// The thing to do here.
    Primary,
    /// Something else one can do.
    #[default]
    Secondary,
    /// Quiet: cancel, more.
    Ghost,
    /// Destroys something.
    Danger,
}

/// The height of a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ControlSize {
    /// 28 px: in rows and banners.
    Small,
    /// 36 px.
    #[default]
    Medium,
    /// 44 px: the main button of a screen.
    Large,
}

impl ControlSize {
    pub(super) fn class(self) -> &'static str {
        match self {
            ControlSize::Small => " control--small",
            ControlSize::Medium => "",
            ControlSize::Large => " control--large",
        }
    }
}

/// A button with words.
#[component]
pub fn Button(
    /// What pressing does. A `submit` button needs none: its form hears it.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    /// How much it asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// How tall.
    #[prop(optional)]
    size: ControlSize,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// At work: shows a spinner and takes no presses, but keeps its width and the focus.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Submits the form around it.
    #[prop(optional)]
    submit: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    let kind = match kind {
        ButtonKind::Primary => "button button--primary",
        ButtonKind::Secondary => "button button--secondary",
        ButtonKind::Ghost => "button button--ghost",
        ButtonKind::Danger => "button button--danger",
    };
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <button
            class=format!("{kind}{}", size.class())
            class:button--busy=move || busy.get()
            type=if submit { "submit" } else { "button" }
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            on:click=press
        >
            {icon.map(|name| view! { <Icon name=name size=IconSize::Small /> })}
            <span class="button__words">{children()}</span>
            <Show when=move || busy.get()>
                <span class="button__spinner"><Spinner size=SpinnerSize::Small /></span>
            </Show>
        </button>
    }
}
