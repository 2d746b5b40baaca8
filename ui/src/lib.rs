//! The user interface: the same build in the desktop window and in a browser. Knows [`view`] types only.
//!
//! An [`view::Update`] arrives over the [`bridge`], is applied to the [`state`], and one row renders. What a person does
//! becomes a [`view::Command`] that goes back over the bridge. Words come from [`i18n`], chords from [`keys`].

pub mod app;
pub mod bridge;
pub mod features;
#[cfg(feature = "demo")]
pub mod gallery;
pub mod i18n;
pub mod keys;
pub mod primitives;
pub mod screens;
pub mod state;

/// Mounts the interface on the page.
pub fn start() {
    console_error_panic_hook::set_once();
    #[cfg(feature = "demo")]
    if gallery::asked_for() {
        leptos::mount::mount_to_body(gallery::Gallery);
        return;
    }
    leptos::mount::mount_to_body(app::App);
}
