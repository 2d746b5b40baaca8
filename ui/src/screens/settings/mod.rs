//! Settings: profile, appearance, notifications, keys, hosting, account, about.

mod about;
mod account;
mod appearance;
mod notifications;
mod pictures;

use leptos::prelude::*;

use crate::bridge;
use crate::features::app_lock::AppLock;
use crate::features::host_panel::HostPanel;
use crate::features::privacy::PrivacySettings;
use crate::features::profile::ProfileForm;
use crate::features::shortcuts::KeySettings;
use crate::i18n::{key, t};
use crate::keys::escape::{Step, on_escape};
use crate::primitives::{Icon, IconButton, IconName, ListRow};
use crate::state::AppState;
use about::About;
use account::Account;
use appearance::Appearance;
use notifications::Notifications;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Profile,
    Appearance,
    Notifications,
    Keys,
    Hosting,
    Privacy,
    Account,
    About,
}

impl Section {
    const ALL: [Section; 8] = [
        Section::Profile,
        Section::Appearance,
        Section::Notifications,
        Section::Keys,
        Section::Hosting,
        Section::Privacy,
        Section::Account,
        Section::About,
    ];

    fn words(self) -> &'static str {
        match self {
            Section::Profile => key("settings-profile"),
            Section::Appearance => key("settings-appearance"),
            Section::Notifications => key("settings-notifications"),
            Section::Privacy => key("privacy-title"),
            Section::Keys => key("settings-keys"),
            Section::Hosting => key("settings-hosting"),
            Section::Account => key("settings-account"),
            Section::About => key("settings-about"),
        }
    }

    fn icon(self) -> IconName {
        match self {
            Section::Profile => IconName::Person,
            Section::Appearance => IconName::Sun,
            Section::Notifications => IconName::Bell,
            Section::Privacy => IconName::Eye,
            Section::Keys => IconName::Keyboard,
            Section::Hosting => IconName::Server,
            Section::Account => IconName::Lock,
            Section::About => IconName::Info,
        }
    }

    fn content(self) -> AnyView {
        match self {
            Section::Profile => view! { <ProfileForm /> }.into_any(),
            Section::Appearance => view! { <Appearance /> }.into_any(),
            Section::Notifications => view! { <Notifications /> }.into_any(),
            Section::Privacy => view! {
                <AppLock />
                <PrivacySettings />
            }
            .into_any(),
            Section::Keys => view! { <KeySettings /> }.into_any(),
            Section::Hosting => view! { <HostPanel /> }.into_any(),
            Section::Account => view! { <Account /> }.into_any(),
            Section::About => view! { <About /> }.into_any(),
        }
    }
}

/// All settings: the sections at the side, the one chosen beside it; one of the two at a time on narrow screens.
#[component]
pub fn Settings() -> impl IntoView {
    let nav = AppState::get().nav;
    let chosen = RwSignal::new(Section::Profile);
    // Only narrow screens care: the section shows in place of the list of sections.
    let entered = RwSignal::new(false);
    on_escape(Step::Floating, move || is_narrow() && entered.try_update(std::mem::take) == Some(true));
    // Hosting is the desktop app's; the demo shows it too.
    let can_host = cfg!(feature = "demo") || bridge::tauri::is_there();
    let rows = Section::ALL.into_iter().filter(|section| *section != Section::Hosting || can_host).map(|section| {
        view! {
            <li>
                <ListRow
                    title=move || t(section.words())
                    compact=true
                    selected=Signal::derive(move || chosen.get() == section)
                    on_press=move || {
                        chosen.set(section);
                        entered.set(true);
                    }
                    start=move || view! { <Icon name=section.icon() /> }
                />
            </li>
        }
    });
    view! {
        <div class="settings" class:settings--entered=move || entered.get()>
            <nav class="settings__sections" data-region="list" aria-label=move || t("settings-title")>
                <header class="settings__head">
                    <IconButton icon=IconName::ArrowLeft label=move || t("common-back") on_press=move || nav.settings.set(false) />
                    <h1 class="settings__title">{move || t("settings-title")}</h1>
                </header>
                <ul class="settings__rows">{rows.collect_view()}</ul>
            </nav>
            <main class="settings__main" data-region="main" tabindex="-1">
                <div class="settings__column">
                    <header class="settings__section">
                        <span class="settings__back">
                            <IconButton icon=IconName::ArrowLeft label=move || t("settings-title") on_press=move || entered.set(false) />
                        </span>
                        <h1 class="settings__section-title">{move || t(chosen.get().words())}</h1>
                    </header>
                    {move || chosen.get().content()}
                </div>
            </main>
        </div>
    }
}

/// One pane at a time, as the style sheet has it.
fn is_narrow() -> bool {
    window().match_media("(max-width: 639px)").ok().flatten().is_some_and(|query| query.matches())
}
