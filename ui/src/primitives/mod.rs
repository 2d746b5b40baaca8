//! The building blocks of every screen. They import tokens and the browser, never state, words or features.
//!
//! Conventions: a text is `#[prop(into)] label: Signal<String>`, so a literal, a signal or `move || t("key")` all fit.
//! An action is a `Callback`, so a closure fits. Variants are enums; each component has its `.css` beside it.

mod avatar;
mod badge;
mod banner;
mod button;
mod dialog;
mod empty_state;
mod icon;
mod icon_button;
mod icon_paths;
mod list_row;
mod logo;
mod menu;
mod option_cards;
mod qr;
mod select;
mod skeleton;
mod spinner;
mod switch;
mod tabs;
mod text_area;
mod text_field;
mod toast;
mod tooltip;
pub mod virtual_list;

pub use avatar::{Avatar, AvatarSize, Presence, colour_of, initials};
pub use badge::{Badge, BadgeTone};
pub use banner::{Banner, BannerTone};
pub use button::{Button, ButtonKind, ControlSize};
pub use dialog::{Dialog, DialogWidth};
pub use empty_state::EmptyState;
pub use icon::{Icon, IconSize};
pub use icon_button::{IconButton, IconButtonKind};
pub use icon_paths::IconName;
pub use list_row::ListRow;
pub use logo::Logo;
pub use menu::{Menu, MenuAnchor, MenuItem};
pub use option_cards::OptionCards;
pub use qr::Qr;
pub use select::{Select, SelectOption};
pub use skeleton::{Skeleton, SkeletonShape};
pub use spinner::{Spinner, SpinnerSize};
pub use switch::Switch;
pub use tabs::{TabItem, Tabs};
pub use text_area::TextArea;
pub use text_field::{FieldKind, TextField};
pub use toast::{Toast, ToastStack, ToastTone};
pub use tooltip::Tooltip;
pub use virtual_list::{Align, DrawRow, VirtualHandle, VirtualList, VirtualRow};

use std::sync::atomic::{AtomicU32, Ordering};

/// An id for `for=`, `aria-labelledby=` and the like, unique on the page.
pub fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod token_contrast;
