//! Private talk as people live with it: two desktop windows verify each other, a browser becomes a further device by scanning a code,
//! is put out, and comes back by the recovery key; words are found in any of their forms.

use fantoccini::Locator;
use serde_json::json;
use system_tests::desk::{Desk, Window};

use crate::desktop::{BODY, host_a_team, invitation, register, say};

const NUMBER: &str = ".readers__number";
const VERIFIED: &str = ".readers__verified";
const CODE: &str = ".devices__made";

/// Opens the private chat with a person from the list of people.
async fn write_to(window: &Window, name: &str) {
    window.press_button("People").await;
    let press = "const [name] = arguments; \
                 const row = [...document.querySelectorAll('.people .list-row')].find(e => e.textContent.includes(name)); \
                 row?.click(); return !!row;";
    window.until(press, vec![json!(name)], "the person in the list").await;
    window.read(".chat-header__title", name).await;
}

/// Who can read the open chat.
async fn readers(window: &Window) {
    window.click(".chat-header__lock .icon-button").await;
    window.see(NUMBER).await;
}

async fn text(window: &Window, css: &str) -> String {
    let found = window.ask("return document.querySelector(arguments[0])?.textContent.trim() ?? '';", vec![json!(css)]);
    found.await.as_str().unwrap_or_default().to_owned()
}

/// Compares what was said with the other's number.
async fn compare(window: &Window, code: &str) {
    window.fill_labelled("Text of the code, or the 60 digits", code).await;
    window.click("dialog[open] .compare .button--primary").await;
}

async fn account(window: &Window) {
    window.click(".rail [data-icon='Settings']").await;
    window.press_button("Account").await;
}

/// What a button of the devices' list shows once it is pressed.
async fn made(window: &Window, button: &str) -> String {
    account(window).await;
    window.press_button(button).await;
    window.see(CODE).await;
    let code = text(window, CODE).await;
    window.press_button("Back").await;
    code
}

/// Signs in as alice in a browser, and confirms it by a code or the recovery key.
async fn further_device(desk: &Desk, page: &str) -> Window {
    let browser = Window::chromium(desk, 1_200, 900).await;
    browser.client.goto(page).await.expect("the host serves its web client");
    browser.fill_labelled("Username", "alice").await;
    browser.fill_labelled("Password", "correct horse").await;
    browser.press_button("Sign in").await;
    browser.see(".chat-row").await;
    browser
}

async fn confirm(browser: &Window, code: &str) {
    browser.click(".main-pane > .banner .button").await;
    browser.fill_labelled("Code or recovery key", code).await;
    browser.click("dialog[open] .button--primary").await;
    browser
        .until(
            "return !document.querySelector('dialog[open]') && !document.querySelector('.main-pane > .banner');",
            vec![],
            "the device to be confirmed",
        )
        .await;
}

async fn finds(window: &Window, word: &str, said: &str) {
    window.click(".chat-header [data-icon='Search']").await;
    window.fill(".right-panel input[type=search]", word).await;
    window.read(".search-hit__text", said).await;
    window.click(".right-panel__head .icon-button").await;
}

#[tokio::test]
async fn two_windows_and_a_browser_verify_each_other_add_and_remove_a_device_and_come_back_by_the_recovery_key() {
    let (desk, other_desk) = (Desk::start(), Desk::start());
    let profiles = tempfile::tempdir().expect("a temporary folder can be made");
    let alice = host_a_team(Window::desktop(&desk, &profiles.path().join("alice")).await).await;
    let (link, web) = invitation(&alice, "verify-invitation").await;
    let page = web.split('#').next().expect("a link has a page").to_owned();
    let bob = Window::desktop(&other_desk, &profiles.path().join("bob")).await;
    bob.press_button("Join a team").await;
    bob.fill_labelled("Invitation link", &link).await;
    bob.press_button("Continue").await;
    register(&bob, "bob", "Борис").await;
    bob.read(".chat-header__title", "general").await;

    write_to(&bob, "Алиса").await;
    say(&bob, "Встретимся у старых мельниц").await;
    write_to(&alice, "Борис").await;
    alice.read(BODY, "у старых мельниц").await;
    finds(&alice, "мельница", "у старых мельниц").await;

    // By digits, pasted; what is no number, or one with a wrong digit, makes nobody verified.
    readers(&alice).await;
    readers(&bob).await;
    let digits = text(&alice, NUMBER).await;
    assert_eq!(digits, text(&bob, NUMBER).await, "the same number on both screens");
    bob.ask("document.querySelector('.right-panel .qr').scrollIntoView({ block: 'nearest' });", vec![]).await;
    let code = bob.keep_screenshot("verify-code").await;
    let wrong = digits.replace(|c: char| c == digits.chars().next().unwrap(), "x");
    bob.press_button("Check their code").await;
    compare(&bob, &wrong).await;
    bob.read(".compare .banner--critical", "no safety number").await;
    let other: String = digits
        .chars()
        .map(|c| {
            if c == '1' {
                '2'
            } else if c == '2' {
                '1'
            } else {
                c
            }
        })
        .collect();
    compare(&bob, &other).await;
    bob.read(".compare .banner--critical", "The numbers differ").await;
    bob.keep_screenshot("verify-refused").await;
    compare(&bob, &digits).await;
    bob.read(VERIFIED, "Verified").await;

    // A further device of alice's reads nothing until it is confirmed, and then what was said before.
    let browser = further_device(&desk, &page).await;
    write_to(&browser, "Борис").await;
    let link_code = made(&alice, "Add a device").await;
    confirm(&browser, &link_code).await;
    browser.read(BODY, "у старых мельниц").await;
    finds(&browser, "мельницу", "у старых мельниц").await;

    // It scans bob's code from a picture of his screen.
    readers(&browser).await;
    assert_eq!(digits, text(&browser, NUMBER).await, "one number for all devices of a person");
    browser.press_button("Check their code").await;
    let field = browser.client.wait().for_element(Locator::Css(".compare input[type=file]")).await.unwrap();
    field.send_keys(&code.canonicalize().unwrap().display().to_string()).await.unwrap();
    browser.read(VERIFIED, "Verified").await;
    browser.keep_screenshot("verify-browser").await;

    // Put out, it is signed out, and reads no more.
    let recovery = made(&alice, "Make a recovery key").await;
    account(&alice).await;
    alice.press_button("Remove").await;
    alice.press_button("Really remove").await;
    browser.see(".account-form").await;
    browser.close().await;
    alice.press_button("Back").await;
    say(&bob, "теперь без браузера").await;
    alice.read(BODY, "теперь без браузера").await;

    // With the recovery key a new one reads all of it.
    let browser = further_device(&desk, &page).await;
    write_to(&browser, "Борис").await;
    confirm(&browser, &recovery).await;
    browser.read(BODY, "у старых мельниц").await;
    browser.read(BODY, "теперь без браузера").await;
    say(&browser, "снова здесь").await;
    bob.read(BODY, "снова здесь").await;
    browser.keep_screenshot("verify-recovered").await;
    for window in [browser, bob, alice] {
        window.close().await;
    }
}
