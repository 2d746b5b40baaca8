//! A line across a pane that says what goes on and offers what to do.

use leptos::prelude::*;

use super::{Icon, IconName};

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BannerTone {
    /// Good to know.
    #[default]
    Neutral,
    /// All is well again.
    Success,
    /// Works with limits.
    Warning,
    /// Does not work.
    Critical,
}

/// A line across a pane.
#[component]
pub fn Banner(
    /// How serious.
    #[prop(optional, into)]
    tone: Signal<BannerTone>,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Signal<IconName>>,
    /// The words.
    #[prop(into)]
    text: Signal<String>,
    /// Buttons at the end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = move || match tone.get() {
        BannerTone::Neutral => "banner banner--neutral",
        BannerTone::Success => "banner banner--success",
        BannerTone::Warning => "banner banner--warning",
        BannerTone::Critical => "banner banner--critical",
    };
    view! {
        <div class=class role="status">
            {icon.map(|name| view! { <Icon name=name /> })}
            <span class="banner__text">{move || text.get()}</span>
            {children.map(|children| view! { <span class="banner__actions">{children()}</span> })}
        </div>
    }
}
