//! Where the cache's key comes from, in real windows: a passphrase on a desk without a keyring; a keyring that hangs, or
//! is locked and waits at its prompt.

use std::path::{Path, PathBuf};

use system_tests::desk::{Desk, Window};

use crate::desktop::{BODY, host_a_team, open_general, say};

const PASSPHRASE: &str = "correct horse battery";
const WELCOME: &str = ".choice";

/// Files of the cache's folder whose name begins and ends so.
pub(crate) fn kept(profile: &Path, start: &str, end: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(profile.join("client")).expect("there is a cache's folder");
    let name_fits = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with(start) && name.ends_with(end)
    };
    files.filter_map(Result::ok).map(|entry| entry.path()).filter(name_fits).collect()
}

async fn make_passphrase(window: &Window, passphrase: &str, again: &str) {
    window.read("h1", "Make a passphrase").await;
    window.fill_labelled("Passphrase", passphrase).await;
    window.fill_labelled("Once more", again).await;
    window.press_button("Save and continue").await;
}

async fn unlock(window: &Window, passphrase: &str) {
    window.read("h1", "Welcome back").await;
    window.fill_labelled("Passphrase", passphrase).await;
    window.press_button("Open").await;
}

#[tokio::test]
async fn a_window_on_a_desk_without_a_keyring_opens_by_its_passphrase_only() {
    let desk = Desk::without_keyring();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let profile = folder.path().join("alice");

    let alice = Window::desktop(&desk, &profile).await;
    make_passphrase(&alice, "short", "short").await;
    alice.read(".field__note", "At least 8 characters").await;
    make_passphrase(&alice, PASSPHRASE, "something else").await;
    alice.read(".field__note", "The passphrases differ").await;
    alice.keep_screenshot("passphrase-new").await;
    make_passphrase(&alice, PASSPHRASE, PASSPHRASE).await;
    let alice = host_a_team(alice).await;
    open_general(&alice).await;
    say(&alice, "behind a passphrase").await;
    alice.read(BODY, "behind a passphrase").await;
    alice.close_and_leave(&profile).await;

    let alice = Window::desktop(&desk, &profile).await;
    unlock(&alice, "incorrect horse").await;
    alice.read(".field__note", "Wrong passphrase.").await;
    alice.keep_screenshot("passphrase-wrong").await;
    unlock(&alice, PASSPHRASE).await;
    open_general(&alice).await;
    alice.read(BODY, "behind a passphrase").await;
    alice.close().await;
}

#[tokio::test]
async fn a_window_whose_keyring_hangs_or_is_locked_waits_for_no_one_and_loses_nothing() {
    let mut desk = Desk::start();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let profile = folder.path().join("alice");

    // A first start: nothing can be lost, so a passphrase is asked for; the keyring comes before one is made.
    desk.hang_keyring();
    let alice = Window::desktop(&desk, &profile).await;
    alice.read("h1", "Make a passphrase").await;
    desk.wake_keyring();
    alice.see(WELCOME).await;
    let alice = host_a_team(alice).await;
    open_general(&alice).await;
    say(&alice, "kept by the keyring").await;
    alice.read(BODY, "kept by the keyring").await;
    alice.close_and_leave(&profile).await;

    // Now there is a cache that only the keyring opens: no passphrase may take its place.
    desk.hang_keyring();
    let alice = Window::desktop(&desk, &profile).await;
    alice.read("h1", "The keyring is closed").await;
    alice.keep_screenshot("keyring-closed").await;
    alice.press_button("Try again").await;
    alice.see(".loading").await;
    alice.read("h1", "The keyring is closed").await;
    desk.wake_keyring();
    open_general(&alice).await;
    alice.read(BODY, "kept by the keyring").await;
    alice.close_and_leave(&profile).await;

    // Locked for real: the system's prompt is on the screen and nobody answers it.
    desk.lock_keyring();
    let alice = Window::desktop(&desk, &profile).await;
    alice.read("h1", "The keyring is closed").await;
    alice.press_button("Start over without the keyring").await;
    alice.read(".banner", "You make a passphrase and sign in again").await;
    alice.keep_screenshot("keyring-start-over").await;
    assert_eq!(kept(&profile, "unreadable-", ".db"), Vec::<PathBuf>::new(), "asked for, not yet done");
    alice.press_button("Start over").await;
    make_passphrase(&alice, PASSPHRASE, PASSPHRASE).await;
    alice.see(WELCOME).await;
    assert_eq!(kept(&profile, "unreadable-", ".db").len(), 1, "the old cache is kept aside");
    alice.close().await;
}
