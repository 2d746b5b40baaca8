//! Everything by the keyboard: each control of each screen, and each command by its name.

use serde_json::{Value, json};
use system_tests::desk::held;
use system_tests::looks::{self, Dress, HEIGHT, SCENES, Site};

use super::browser_keys::{Person, STOPS_MAX, TAB};
use system_tests::desk::{Press, Window};

/// Marks what has the focus; says whether that shows, or that one has been here before.
const MARK: &str = "const e = document.activeElement; if (!e || e === document.body) return 'nowhere'; \
     const known = e.hasAttribute('data-reached'); e.setAttribute('data-reached', ''); \
     if (window.stoodOn === e) return 'same'; window.stoodOn = e; \
     const look = getComputedStyle(e); \
     const box = e.closest('.field__box, .composer__box, .switch, .option-cards__card, .resize-edge, .tabs, .virtual-list'); \
     const ring = box ? true : look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2; \
     return known ? 'known' : ring ? 'shown' : 'hidden ' + e.outerHTML.slice(0, 160);";

/// What a person could press and Tab has not come to. Of a menu, a list of choices or a row of tabs one is enough: arrows do the
/// rest. What lies in a message is reached from the message; a list without any has nothing to reach. What floats above all else takes the keys for itself.
const MISSED: &str = "const top = [...document.querySelectorAll('dialog[open], :popover-open:not([role=tooltip])')].at(-1) ?? document; \
     return [...top.querySelectorAll('button, input, select, textarea, a[href], [tabindex=\"0\"]')] \
     .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && !e.hasAttribute('data-reached')) \
     .filter(e => (e.type !== 'radio' || e.checked) && (top !== document || !e.closest('[data-message]'))) \
     .filter(e => !e.matches('.virtual-list') || e.querySelector('[data-message]')) \
     .map(e => e.outerHTML.slice(0, 160));";

async fn walk(page: &Window) -> Vec<String> {
    let mut found = Vec::new();
    let mut known = 0;
    page.ask(MARK, vec![]).await;
    for _ in 0..STOPS_MAX {
        page.hit(Press::named(TAB)).await;
        match page.ask(MARK, vec![]).await.as_str().unwrap_or_default() {
            // Past the last one comes the browser's own, then the first again.
            "nowhere" | "known" => known += 1,
            // A date has a stop for each of its parts.
            "same" => {}
            "shown" => known = 0,
            hidden => found.push(hidden.to_owned()),
        }
        if known > 3 {
            break;
        }
    }
    let Value::Array(missed) = page.ask(MISSED, vec![]).await else { panic!("a list") };
    found.extend(missed.iter().map(|what| format!("not reached {}", what.as_str().unwrap_or_default())));
    found
}

#[tokio::test]
async fn every_control_of_every_screen_in_the_browser_is_reached_by_tab_and_shows_the_focus() {
    let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
    page.stand_still().await;
    page.resize(1400, HEIGHT).await;
    let mut found = Vec::new();
    for scene in SCENES.iter().filter(|scene| !scene.page.starts_with("gallery")) {
        looks::show(&page, &site, scene, Dress { language: "en", theme: "light" }).await;
        found.extend(walk(&page).await.into_iter().map(|what| format!("{}: {what}", scene.name)));
    }
    page.close().await;
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn every_command_of_the_palette_in_the_browser_does_something() {
    let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
    page.stand_still().await;
    let open = async || {
        page.open_afresh(&site.address("#demo=team,en,light")).await;
        page.see(".message").await;
        page.hit(Press::typed("K", "KeyK").with(held::CTRL | held::SHIFT)).await;
        page.see(".palette .list-row--selected").await;
    };
    open().await;
    let count = page.ask("return document.querySelectorAll('.palette .list-row').length;", vec![]).await;
    let count = count.as_u64().expect("a number");
    assert!(count > 40, "{count}");
    let mut idle = Vec::new();
    for at in 0..count {
        open().await;
        let name = "return document.querySelectorAll('.palette .list-row__title')[arguments[0]].textContent;";
        let name = page.ask(name, vec![json!(at)]).await.as_str().unwrap_or_default().to_owned();
        // What the page is without the palette, and how many commands the host has heard.
        let state = "const copy = document.documentElement.cloneNode(true); \
             copy.querySelectorAll('dialog:has(.palette), .tooltip').forEach(e => e.remove()); \
             return copy.outerHTML + document.activeElement.className;";
        let before = page.ask(state, vec![]).await;
        for _ in 0..at {
            page.hit(Press::named("ArrowDown")).await;
        }
        page.hit(Press::named("Enter")).await;
        page.until("return !document.querySelector('.palette');", vec![], &name).await;
        page.settle().await;
        if page.ask(state, vec![]).await == before {
            idle.push(name);
        }
    }
    page.close().await;
    assert!(idle.is_empty(), "nothing came of {idle:?}");
}

/// The same keys under five layouts: Ctrl+K, Ctrl+Shift+F, Ctrl+B, and signs where they lie.
#[tokio::test]
async fn chords_work_under_the_layouts_of_five_languages_in_the_browser() {
    // The letters of K, F and B; then how the comma and the full stop are typed.
    type Layout = (&'static str, [(&'static str, &'static str); 5]);
    let layouts: [Layout; 5] = [
        ("English", [("k", "KeyK"), ("F", "KeyF"), ("b", "KeyB"), (",", "Comma"), (".", "Period")]),
        ("Russian", [("л", "KeyK"), ("А", "KeyF"), ("и", "KeyB"), ("б", "Comma"), ("ю", "Period")]),
        ("German", [("k", "KeyK"), ("F", "KeyF"), ("b", "KeyB"), (",", "Comma"), (".", "Period")]),
        ("French", [("k", "KeyK"), ("F", "KeyF"), ("b", "KeyB"), (",", "KeyM"), (".", "Comma")]),
        ("Greek", [("κ", "KeyK"), ("Φ", "KeyF"), ("β", "KeyB"), (",", "Comma"), (".", "Period")]),
    ];
    let person = Person::at("team", ".message").await;
    for (language, [switcher, search, bold, settings, panel]) in layouts {
        let chord = async |(letter, code): (&'static str, &'static str), more| person.chord(letter, code, more).await;
        chord(switcher, held::NONE).await;
        person.sees("dialog[open] .switcher").await;
        person.hit("Escape").await;
        person.sees_no("dialog[open]").await;
        chord(search, held::SHIFT).await;
        person.sees(".search-panel").await;
        // A full stop needs Shift on a French keyboard.
        chord(panel, if language == "French" { held::SHIFT } else { held::NONE }).await;
        person.sees_no(".right-panel").await;
        person.page.fill(".composer__field", "").await;
        person.page.ask("document.querySelector('.composer__field').focus();", vec![]).await;
        chord(bold, held::NONE).await;
        person
            .page
            .until("return document.querySelector('.composer__field').value === '****';", vec![], language)
            .await;
        chord(settings, held::NONE).await;
        person.sees(".settings").await;
        chord(settings, held::NONE).await;
        person.sees_no(".settings").await;
        person.sees(".composer__field").await;
    }
    person.page.close().await;
}
