//! The app lock of a real window on a desk with a real keyring: what is locked shows nothing and misses nothing, the keyring has no key
//! meanwhile, and who forgot the passphrase begins anew.

use std::path::Path;
use std::process::Command as Program;

use client::KeySource;
use crypto::Key;
use protocol::ChatId;
use serde_json::json;
use system_tests::desk::{Desk, Window};
use testkit::{Headless, TestServer, within};
use view::{Command, Delivery};
use zbus::connection::Builder;
use zbus::zvariant::OwnedObjectPath;

use crate::desk_notifications::{NAME, PATH, serve};
use crate::desktop::{BODY, open_general};
use crate::keyring::kept;
use crate::teams::join;

const PASSPHRASE: &str = "correct horse battery";
const OTHER: &str = "двенадцать слонов";
const PRIMARY: &str = "dialog[open] .button--primary";

/// How many secrets the desk's keyring holds.
async fn secrets(desk: &Desk) -> usize {
    let bus = Builder::address(desk.bus()).unwrap().build().await.unwrap();
    let about = std::collections::HashMap::<&str, &str>::new();
    let service = (Some("org.freedesktop.secrets"), "/org/freedesktop/secrets", Some("org.freedesktop.Secret.Service"));
    let found = bus.call_method(service.0, service.1, service.2, "SearchItems", &about).await.unwrap();
    let (open, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body().deserialize().unwrap();
    open.len() + locked.len()
}

async fn settings(window: &Window) {
    window.click(".rail [data-icon='Settings']").await;
    window.press_button("Privacy").await;
}

async fn set_lock(window: &Window, passphrase: &str) {
    settings(window).await;
    window.press_button("Set a passphrase").await;
    fill_new(window, passphrase).await;
    window.read(".toast", "The lock is on.").await;
}

async fn fill_new(window: &Window, passphrase: &str) {
    window.fill_labelled("New passphrase", passphrase).await;
    window.fill_labelled("Once more", passphrase).await;
    window.click(PRIMARY).await;
}

async fn unlock(window: &Window, passphrase: &str) {
    window.read("h1", "Welcome back").await;
    window.fill_labelled("Passphrase", passphrase).await;
    window.press_button("Open").await;
}

async fn refused(window: &Window, passphrase: &str) {
    unlock(window, passphrase).await;
    window.read(".field__note", "Wrong passphrase.").await;
}

async fn shows_nothing_of(window: &Window, words: &[&str]) {
    for word in words {
        let said = "return document.documentElement.outerHTML.includes(arguments[0]) || document.title.includes(arguments[0]);";
        assert_eq!(window.ask(said, vec![json!(word)]).await, json!(false), "{word} is on a locked screen");
    }
}

fn kill_9(window: &Window) {
    let app = window.app_pid().expect("the app runs").to_string();
    assert!(Program::new("kill").args(["-9", &app]).status().unwrap().success());
}

fn files(folder: &Path, start: &str) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().filter_map(Result::ok);
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start)).count()
}

#[tokio::test]
async fn a_locked_window_shows_nothing_misses_nothing_and_opens_by_its_passphrase_alone() {
    let desk = Desk::start();
    let (bus, mut shown) = serve(&desk).await;
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("alice");
    let server = TestServer::start().await;
    let carol = Headless::start(&folder.path().join("carol"), KeySource::Raw(Key::from_bytes([7; 32]))).await;
    carol.register(&server.addresses().http.to_string(), "carol").await;
    let alice = Window::desktop(&desk, &profile).await;
    join(&alice, &server).await;
    open_general(&alice).await;
    carol.send(&ChatId::general(), "до блокировки").await;
    alice.read(BODY, "до блокировки").await;
    assert_eq!(secrets(&desk).await, 1, "the cache's key");

    set_lock(&alice, PASSPHRASE).await;
    assert_eq!(secrets(&desk).await, 0, "it is under the passphrase alone");
    alice.keep_screenshot("lock-on").await;
    alice.press_button("Lock the app now").await;
    alice.read("h1", "Welcome back").await;
    shows_nothing_of(&alice, &["до блокировки", "carol", "general"]).await;
    alice.keep_screenshot("locked").await;

    // It goes on receiving, and tells of it without a word of it.
    carol.until("alice", |screen| screen.chats.iter().any(|chat| chat.member_count == 2)).await;
    carol.ask(Command::OpenPrivate { user_id: view::UserId(2) }).await;
    let private = ChatId::private(view::UserId(1), view::UserId(2));
    carol.command(Command::OpenChat { chat_id: private.clone() });
    let said = carol.send(&private, "тайное слово").await;
    let note = within("a notification", shown.recv()).await.unwrap();
    assert_eq!((note.summary.as_str(), note.body.as_str()), ("Hybrid Messenger", "New message"));
    let keys: Vec<&str> = note.actions.iter().step_by(2).map(String::as_str).collect();
    assert_eq!(keys, ["default"], "nothing can be answered");
    carol
        .until("that it was delivered", |screen| {
            screen.message(&said).is_some_and(|row| row.delivery == Some(Delivery::Delivered))
        })
        .await;
    bus.emit_signal(None::<&str>, PATH, NAME, "ActionInvoked", &(note.id, "default")).await.unwrap();
    shows_nothing_of(&alice, &["тайное слово", "carol"]).await;
    refused(&alice, "incorrect horse").await;
    shows_nothing_of(&alice, &["тайное слово", "carol"]).await;
    unlock(&alice, PASSPHRASE).await;
    // What was pressed meanwhile is there now.
    alice.read(".chat-header__title", "carol").await;
    alice.read(BODY, "тайное слово").await;
    alice.close_and_leave(&profile).await;

    let alice = Window::desktop(&desk, &profile).await;
    refused(&alice, "incorrect horse").await;
    unlock(&alice, PASSPHRASE).await;
    open_general(&alice).await;
    alice.read(BODY, "до блокировки").await;

    settings(&alice).await;
    alice.press_button("Change the passphrase").await;
    alice.fill_labelled("Present passphrase", PASSPHRASE).await;
    fill_new(&alice, OTHER).await;
    alice.read(".toast", "The lock is on.").await;
    alice.press_button("Lock the app now").await;
    refused(&alice, PASSPHRASE).await;
    unlock(&alice, OTHER).await;
    open_general(&alice).await;
    kill_9(&alice);
    alice.close_and_leave(&profile).await;

    let alice = Window::desktop(&desk, &profile).await;
    unlock(&alice, OTHER).await;
    open_general(&alice).await;
    settings(&alice).await;
    alice.press_button("Take the lock off").await;
    alice.fill_labelled("Present passphrase", OTHER).await;
    alice.click(PRIMARY).await;
    alice.read(".toast", "The lock is off.").await;
    assert_eq!(secrets(&desk).await, 1, "the key is back");
    kill_9(&alice);
    alice.close_and_leave(&profile).await;
    let alice = Window::desktop(&desk, &profile).await;
    open_general(&alice).await;
    alice.read(BODY, "до блокировки").await;
    alice.close().await;
}

#[tokio::test]
async fn who_forgot_the_passphrase_of_a_window_begins_anew_and_the_old_cache_stays_shut() {
    let desk = Desk::start();
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("alice");
    let server = TestServer::start().await;
    let alice = Window::desktop(&desk, &profile).await;
    join(&alice, &server).await;
    open_general(&alice).await;
    set_lock(&alice, PASSPHRASE).await;
    alice.press_button("Lock the app now").await;
    alice.read("h1", "Welcome back").await;
    alice.press_button("I forgot the passphrase").await;
    alice.read(".banner", "what was not sent yet").await;
    alice.keep_screenshot("lock-forgotten").await;
    alice.press_button("Sign in anew").await;
    alice.see(".choice").await;
    assert_eq!(files(&profile, "forgotten-"), 1, "the sealed key is kept aside");
    assert_eq!(kept(&profile, "unreadable-", ".db").len(), 1, "and so is the cache");
    assert_eq!(files(&profile, "app.lock"), 0);
    assert_eq!(secrets(&desk).await, 1, "a new key");
    alice.close_and_leave(&profile).await;
    let alice = Window::desktop(&desk, &profile).await;
    alice.see(".choice").await;
    alice.close().await;
}
