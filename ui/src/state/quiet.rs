//! When the person wants to hear nothing, and which words call them.

use leptos::prelude::*;
use view::notify::{Local, NOTIFY, NotifySettings};

use super::kept::KeptEntries;
use crate::i18n::when::now;

/// The settings of notifications that all own devices share.
#[derive(Clone, Copy)]
pub struct Quietness {
    /// As they are kept.
    pub settings: Memo<NotifySettings>,
    kept: KeptEntries,
}

impl Quietness {
    /// Those that are kept.
    pub fn new(kept: KeptEntries) -> Self {
        let settings = Memo::new(move |_| NotifySettings::read(kept.get(NOTIFY).as_deref()));
        Self { settings, kept }
    }

    /// Changes them, here and on the other devices.
    pub fn change(&self, with: impl FnOnce(&mut NotifySettings)) {
        let mut settings = self.settings.get_untracked();
        with(&mut settings);
        self.kept.keep(NOTIFY.to_owned(), settings.value());
    }

    /// Nothing is to be heard now; tracks the settings, not the clock.
    pub fn is_quiet(&self) -> bool {
        self.settings.with(|settings| settings.is_quiet(now(), local()))
    }

    /// Silence by hand; tracks the settings, not the clock.
    pub fn is_dnd(&self) -> bool {
        self.settings.with(|settings| settings.is_dnd(now()))
    }
}

/// What the clock on the wall shows.
#[cfg(target_arch = "wasm32")]
fn local() -> Local {
    let now = js_sys::Date::new_0();
    let weekday = (now.get_day() + 6) % 7;
    Local { weekday: weekday as u8, minute: (now.get_hours() * 60 + now.get_minutes()) as u16 }
}

/// Here is no calendar: a Monday at noon.
#[cfg(not(target_arch = "wasm32"))]
fn local() -> Local {
    Local { weekday: 0, minute: 12 * 60 }
}
