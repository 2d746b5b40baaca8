//! No account yet: host a team, join one, or sign in. In a browser: the team that this page came from.

mod browser;
mod choices;

use leptos::prelude::*;
use view::Stage;

use super::{Host, Join, SignIn};
use crate::features::teams::BackToTeam;
use crate::i18n::{Language, language, t};
use crate::primitives::{Banner, BannerTone, Button, ButtonKind, ControlSize, IconName, Logo};
use crate::state::AppState;
use browser::BrowserEntry;
use choices::Choices;

/// Which part of the welcome shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The three choices.
    Choices,
    /// Hosting.
    Host,
    /// Joining.
    Join,
    /// An account that is there already.
    SignIn,
}

/// The frame of the welcome and its parts.
#[component]
pub fn Welcome() -> impl IntoView {
    let state = AppState::get();
    let step = RwSignal::new(Step::Choices);
    let stage = Memo::new(move |_| match state.stage.get() {
        Stage::Welcome { can_host, here, session_ended } => (can_host, here.is_some(), session_ended),
        _ => (false, false, false),
    });
    // By itself: the team's name may come a moment later, and must not build the form anew under someone's hands.
    let here = Memo::new(move |_| match state.stage.get() {
        Stage::Welcome { here: Some(here), .. } => here,
        _ => String::new(),
    });
    Effect::new(move || {
        if state.opened_link.with(Option::is_some) {
            step.set(Step::Join);
        }
    });
    crate::keys::escape::on_escape(crate::keys::escape::Step::Panel, move || {
        let away = step.get_untracked() != Step::Choices;
        step.set(Step::Choices);
        away
    });
    let content = move || match (stage.get(), step.get()) {
        ((false, true, _), Step::Choices) => view! { <BrowserEntry here=here step=step /> }.into_any(),
        ((can_host, _, _), Step::Choices) => view! { <Choices can_host=can_host step=step /> }.into_any(),
        (_, Step::Host) => view! { <Host /> }.into_any(),
        (_, Step::Join) => view! { <Join /> }.into_any(),
        (_, Step::SignIn) => view! { <SignIn /> }.into_any(),
    };
    let back = move || step.set(Step::Choices);
    view! {
        <div class="welcome">
            <header class="welcome__bar">
                <Show when=move || step.get() != Step::Choices>
                    <Button kind=ButtonKind::Ghost icon=IconName::ArrowLeft on_press=back>{move || t("common-back")}</Button>
                </Show>
                <span class="welcome__gap" />
                <LanguageSwitch />
            </header>
            <main class="welcome__main">
                <div class="welcome__column">
                    <div class="welcome__logo"><Logo /></div>
                    <Show when=move || stage.get().2>
                        <Banner tone=BannerTone::Warning icon=IconName::Info text=move || t("welcome-session-ended") />
                    </Show>
                    {content}
                    <Show when=move || step.get() == Step::Choices><BackToTeam /></Show>
                </div>
            </main>
        </div>
    }
}

/// The other language, by its own name.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let state = AppState::get();
    let other = move || if language() == Language::Ru { Language::En } else { Language::Ru };
    let name = move || if other() == Language::Ru { "Русский" } else { "English" };
    let press = move || {
        let tag = if other() == Language::Ru { "ru" } else { "en" };
        crate::state::preferences::change(state, |preferences| preferences.language = tag.to_owned());
    };
    view! {
        <Button kind=ButtonKind::Ghost size=ControlSize::Small icon=IconName::Globe on_press=press>{name}</Button>
    }
}
