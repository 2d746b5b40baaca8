//! A square button with an icon and a name that the tooltip and screen readers say.

use leptos::prelude::*;

use super::{ControlSize, Icon, IconName, IconSize, Tooltip};

/// How an icon button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IconButtonKind {
    /// No plate until hovered.
    #[default]
    Quiet,
    /// On an accent plate: send.
    Primary,
    /// Destroys something.
    Danger,
}

/// A button with an icon only.
#[component]
pub fn IconButton(
    /// Which drawing.
    #[prop(into)]
    icon: Signal<IconName>,
    /// Its name: tooltip and accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// What pressing does.
    #[prop(into)]
    on_press: Callback<()>,
    /// How it looks.
    #[prop(optional)]
    kind: IconButtonKind,
    /// How large.
    #[prop(optional)]
    size: ControlSize,
    /// For buttons that switch something: on or off. Leave out for plain actions.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The chord that does the same, for the tooltip: `Ctrl+E`.
    #[prop(optional, into)]
    shortcut: Option<Signal<String>>,
) -> impl IntoView {
    let kind = match kind {
        IconButtonKind::Quiet => "icon-button",
        IconButtonKind::Primary => "icon-button icon-button--primary",
        IconButtonKind::Danger => "icon-button icon-button--danger",
    };
    let icon_size = if size == ControlSize::Small { IconSize::Small } else { IconSize::Medium };
    view! {
        <Tooltip text=label shortcut=shortcut.unwrap_or_default()>
            <button
                class=format!("{kind}{}", size.class())
                type="button"
                aria-label=move || label.get()
                aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
                disabled=move || disabled.get()
                on:click=move |_| on_press.run(())
            >
                <Icon name=icon size=icon_size />
            </button>
        </Tooltip>
    }
}
