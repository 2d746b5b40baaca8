//! The keyboard alone: real key events in Chromium, under a Russian layout where letters are typed.

use serde_json::json;
use system_tests::desk::{Press, Window, held};
use system_tests::looks::{self, Site};

pub(super) const TAB: &str = "Tab";
/// More stops than any screen has.
pub(super) const STOPS_MAX: usize = 120;

/// A page with the demo open, whose person never touches a pointer.
pub(super) struct Person {
    pub(super) page: Window,
    _site: Site,
}

impl Person {
    pub(super) async fn at(scene: &str, shown: &str) -> Self {
        let (site, page) = (Site::of(&looks::built_client()).await, Window::page().await);
        page.stand_still().await;
        page.open_afresh(&site.address(&format!("#demo={scene},ru,light"))).await;
        page.see(shown).await;
        page.settle().await;
        Self { page, _site: site }
    }

    pub(super) async fn hit(&self, key: &'static str) {
        self.page.hit(Press::named(key)).await;
    }

    pub(super) async fn hit_with(&self, key: &'static str, keys: u32) {
        self.page.hit(Press::named(key).with(keys)).await;
    }

    /// Ctrl and the key that lies there, as a Russian layout reports it.
    pub(super) async fn chord(&self, letter: &'static str, code: &'static str, more: u32) {
        self.page.hit(Press::typed(letter, code).with(held::CTRL | more)).await;
    }

    pub(super) async fn type_text(&self, text: &[(&'static str, &'static str)]) {
        for (letter, code) in text {
            self.page.hit(Press::typed(letter, code)).await;
        }
    }

    /// Waits until the focus is on (or in) something that matches.
    pub(super) async fn stands_on(&self, css: &str) {
        let script = "return !!document.activeElement?.closest(arguments[0]);";
        self.page.until(script, vec![json!(css)], &format!("the focus on {css}")).await;
    }

    pub(super) async fn sees(&self, css: &str) {
        self.page.see(css).await;
    }

    pub(super) async fn sees_no(&self, css: &str) {
        let script = "return !document.querySelector(arguments[0]);";
        self.page.until(script, vec![json!(css)], &format!("{css} to go")).await;
    }

    /// Presses a key until the focus is on something that matches.
    pub(super) async fn walk_to(&self, css: &str, key: &'static str) {
        for _ in 0..STOPS_MAX {
            let here = self.page.ask("return !!document.activeElement?.matches(arguments[0]);", vec![json!(css)]).await;
            if here == json!(true) {
                return;
            }
            self.hit(key).await;
        }
        panic!("{key} never comes to {css}");
    }
}

#[tokio::test]
async fn every_control_of_a_screen_in_the_browser_is_reached_by_tab_and_shows_that_it_has_the_focus() {
    for (scene, shown) in
        [("welcome", ".choice"), ("browser", ".account-form"), ("team", ".message"), ("locked", "form")]
    {
        let person = Person::at(scene, shown).await;
        let mark = "document.activeElement?.setAttribute('data-reached', ''); \
             const e = document.activeElement; const look = e && getComputedStyle(e); \
             const box = e?.closest('.field__box, .composer__box, .switch, .option-cards__card, .resize-edge'); \
             const ring = box ? true : look && look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2; \
             return e === document.body ? 'nowhere' : ring ? 'shown' : 'hidden ' + e.outerHTML.slice(0, 120);";
        let mut hidden = Vec::new();
        for _ in 0..STOPS_MAX {
            person.hit(TAB).await;
            let answer = person.page.ask(mark, vec![]).await;
            match answer.as_str().unwrap_or_default() {
                "nowhere" => break,
                "shown" => {}
                other => hidden.push(other.to_owned()),
            }
        }
        assert!(hidden.is_empty(), "{scene}: the focus does not show on {hidden:#?}");
        // What lies in a message is reached from the message, once an arrow key has come to it.
        let missed = person
            .page
            .ask(
                "return [...document.querySelectorAll('button, input, select, textarea, a[href], [tabindex=\"0\"]')] \
                 .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && !e.hasAttribute('data-reached')) \
                 .filter(e => (e.type !== 'radio' || e.checked) && !e.closest('[data-message]')).map(e => e.outerHTML.slice(0, 120));",
                vec![],
            )
            .await;
        assert_eq!(missed, json!([]), "{scene}: Tab does not reach them");
        person.page.close().await;
    }
}

#[tokio::test]
async fn alice_hosts_a_team_in_the_browser_demo_by_keyboard_alone() {
    let alice = Person::at("welcome", ".choice").await;
    alice.walk_to(".choice", TAB).await;
    alice.hit("Enter").await;
    alice.sees(".host-start").await;
    alice.walk_to(".host-start input", TAB).await;
    alice.type_text(&[("М", "KeyV"), ("а", "KeyF"), ("я", "KeyZ"), ("к", "KeyR")]).await;
    alice.hit("Enter").await;
    alice.sees(".account-form").await;
    alice.walk_to(".account-form [autocomplete=username]", TAB).await;
    alice.type_text(&[("а", "KeyF"), ("н", "KeyY"), ("я", "KeyZ")]).await;
    alice.walk_to(".account-form [autocomplete=new-password]", TAB).await;
    alice.type_text(&[("п", "KeyG"); 9]).await;
    alice.hit("Enter").await;
    alice.sees(".chat-row").await;
    alice.page.close().await;
}

#[tokio::test]
async fn f6_walks_round_the_regions_of_the_browser_window_and_back() {
    let alice = Person::at("team", ".message").await;
    alice.chord("ю", "Period", held::NONE).await;
    alice.sees(".right-panel").await;
    for region in ["rail", "list", "main", "panel", "rail"] {
        alice.hit("F6").await;
        alice.stands_on(&format!("[data-region={region}]")).await;
    }
    alice.hit_with("F6", held::SHIFT).await;
    alice.stands_on("[data-region=panel]").await;
    alice.page.close().await;
}

#[tokio::test]
async fn bob_goes_from_chat_to_chat_in_the_browser_with_russian_chords() {
    let bob = Person::at("team", ".message").await;
    bob.chord("л", "KeyK", held::NONE).await;
    bob.stands_on(".switcher input").await;
    bob.type_text(&[("с", "KeyC"), ("б", "Comma"), ("о", "KeyJ")]).await;
    bob.page.read(".switcher .list-row--selected", "сборки").await;
    bob.hit("Enter").await;
    bob.page.read(".chat-header__title", "сборки").await;
    bob.sees_no("dialog[open]").await;
    bob.hit_with("ArrowUp", held::ALT).await;
    bob.page.read(".chat-header__title", "Bob Miller").await;
    bob.hit_with("ArrowDown", held::ALT | held::SHIFT).await;
    bob.page.read(".chat-header__title", "сборки").await;
    bob.hit_with("ArrowLeft", held::ALT).await;
    bob.page.read(".chat-header__title", "Bob Miller").await;
    bob.page.hit(Press::typed("1", "Digit1").with(held::CTRL)).await;
    bob.page.read(".chat-header__title", "general").await;

    bob.chord("а", "KeyF", held::NONE).await;
    bob.stands_on(".search-panel input").await;
    bob.type_text(&[("с", "KeyC"), ("б", "Comma"), ("о", "KeyJ"), ("р", "KeyH")]).await;
    bob.sees(".search-hit").await;
    bob.walk_to(".search-hit", TAB).await;
    bob.hit("Enter").await;
    bob.stands_on("[data-message]").await;
    bob.hit("Escape").await;
    bob.sees_no(".right-panel").await;
    bob.chord("б", "Comma", held::NONE).await;
    bob.sees(".settings").await;
    bob.hit("Escape").await;
    bob.sees_no(".settings").await;
    bob.chord(".", "Slash", held::NONE).await;
    bob.sees(".right-panel").await;
    bob.page.close().await;
}

#[tokio::test]
async fn bob_finds_a_command_in_the_browser_by_its_name_in_the_wrong_layout_and_in_the_other_language() {
    let bob = Person::at("team", ".message").await;
    bob.chord("Л", "KeyK", held::SHIFT).await;
    bob.stands_on(".palette input").await;
    // "тёмная" with the Latin layout left on.
    bob.type_text(&[("n", "KeyN"), ("`", "Backquote"), ("v", "KeyV"), ("y", "KeyY")]).await;
    bob.page.read(".palette .list-row--selected", "Тёмная тема").await;
    bob.hit("Enter").await;
    bob.sees_no("dialog[open]").await;
    bob.sees("html[data-theme=dark]").await;

    bob.chord("Л", "KeyK", held::SHIFT).await;
    bob.stands_on(".palette input").await;
    bob.type_text(&[("s", "KeyS"), ("a", "KeyA"), ("v", "KeyV"), ("e", "KeyE")]).await;
    bob.page.read(".palette .list-row--selected", "Сохранённые сообщения").await;
    bob.hit("Enter").await;
    bob.sees(".right-panel").await;
    bob.page.close().await;
}

#[tokio::test]
async fn alice_writes_answers_and_reacts_in_the_browser_by_keyboard_alone() {
    let alice = Person::at("team", ".message").await;
    // Whoever types, writes.
    alice.type_text(&[("д", "KeyL"), ("а", "KeyF")]).await;
    alice.stands_on(".composer__field").await;
    alice.hit_with("Home", held::SHIFT).await;
    alice.chord("и", "KeyB", held::NONE).await;
    alice.page.until("return document.activeElement.value === '**да**';", vec![], "bold marks").await;
    alice.hit("Enter").await;
    alice.page.read(".message--own .message__main strong", "да").await;

    // Up edits what was written last; Esc leaves it.
    alice.hit("ArrowUp").await;
    alice.sees(".composer__box--edit").await;
    alice.hit("Escape").await;
    alice.sees_no(".composer__box--edit").await;

    // Ctrl+Up answers the newest; Esc leaves that too.
    alice.hit_with("ArrowUp", held::CTRL).await;
    alice.sees(".composer__mode").await;
    alice.hit("Escape").await;
    alice.sees_no(".composer__mode").await;

    // The emoji panel: found by a word, taken by Enter.
    alice.chord("у", "KeyE", held::NONE).await;
    alice.stands_on(".emoji-panel input").await;
    alice.type_text(&[("л", "KeyK"), ("а", "KeyF"), ("й", "KeyQ"), ("к", "KeyR")]).await;
    alice.hit("Enter").await;
    alice.page.until("return document.activeElement.value?.includes('👍');", vec![], "the emoji in the text").await;

    // Arrows walk over the grid; with Shift the panel stays open.
    alice.chord("у", "KeyE", held::NONE).await;
    alice.stands_on(".emoji-panel input").await;
    alice.hit("ArrowDown").await;
    alice.hit("ArrowRight").await;
    alice.sees(".emoji-panel__row [role=option]:nth-child(2)[aria-selected=true]").await;
    alice.hit_with("Enter", held::SHIFT).await;
    alice.stands_on(".emoji-panel input").await;
    alice.hit("Escape").await;
    alice.stands_on(".composer__field").await;
    alice.page.until("return document.activeElement.value === '👍❤️';", vec![], "two emoji in the text").await;

    // By a Russian name after a colon, with Tab. Two emoji have it: which comes first is the catalogue's.
    alice
        .type_text(&[(" ", "Space"), (":", "Digit6"), ("е", "KeyT"), ("л", "KeyK"), ("к", "KeyR"), ("а", "KeyF")])
        .await;
    alice.sees(".suggestions__emoji").await;
    alice.hit(TAB).await;
    alice.page.until("return /🎄|🌲/u.test(document.activeElement.value);", vec![], "the fir in the text").await;

    // Back over Tab to the messages, which are one stop; arrows walk, Tab goes through what a message holds.
    alice.hit_with(TAB, held::SHIFT).await;
    alice.page.until("return document.activeElement.matches('.virtual-list');", vec![], "the list").await;
    alice.hit("ArrowUp").await;
    alice.stands_on("[data-message]").await;
    alice.hit(TAB).await;
    alice.stands_on("[data-message] button").await;
    alice
        .walk_to(".message-toolbar .icon-button:last-child, .message-toolbar span:last-child > .icon-button", TAB)
        .await;
    alice.hit(TAB).await;
    alice.stands_on(".composer__field").await;
    alice.hit_with(TAB, held::SHIFT).await;
    alice.page.until("return document.activeElement.matches('.virtual-list');", vec![], "the list").await;
    alice.hit("ArrowUp").await;
    alice.stands_on("[data-message]").await;
    alice.hit("Enter").await;
    alice.stands_on(".menu__item").await;
    alice.hit("ArrowDown").await;
    alice.hit("ArrowUp").await;
    alice.hit("Enter").await;
    alice.sees(".composer__mode").await;
    alice.stands_on(".composer__field").await;
    alice.page.close().await;
}

#[tokio::test]
async fn a_menu_in_the_browser_keeps_the_focus_while_its_message_changes() {
    let alice = Person::at("team", ".message").await;
    let open = "const message = document.querySelector('.message:has(.reactions)')?.closest('[data-message]'); \
         if (!message) return false; \
         message.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })); return true;";
    alice.page.until(open, vec![], "a message").await;
    alice.stands_on(".menu__item").await;
    // The demo says every message again, in other words.
    let change = "window.dispatchEvent(new CustomEvent('demo-texts', { detail: JSON.stringify([arguments[0]]) }));";
    alice.page.ask(change, vec![json!("другие слова")]).await;
    alice.page.read(".message:has(.reactions)", "другие слова").await;
    alice.page.settle().await;
    alice.stands_on(".menu__item:first-of-type").await;
    alice.hit("ArrowDown").await;
    alice.stands_on(".menu__item:nth-of-type(2)").await;
    alice.hit("Escape").await;
    alice.sees_no(".menu").await;
    alice.page.close().await;
}

#[tokio::test]
async fn a_dialog_in_the_browser_keeps_the_focus_and_gives_it_back() {
    let alice = Person::at("team", ".message").await;
    alice.walk_to(".chat-list__head .icon-button", TAB).await;
    alice.hit("Enter").await;
    alice.stands_on(".menu__item").await;
    alice.hit("ArrowDown").await;
    alice.hit("Enter").await;
    alice.stands_on("dialog[open] input").await;
    alice.sees_no(".tooltip").await;
    for _ in 0..STOPS_MAX / 4 {
        alice.hit(TAB).await;
        let inside = "const e = document.activeElement; return e === document.body || !!e.closest('dialog[open]');";
        assert_eq!(alice.page.ask(inside, vec![]).await, json!(true), "the focus left the dialog");
    }
    alice.hit("Escape").await;
    alice.sees_no("dialog[open]").await;
    alice.stands_on(".chat-list__head .icon-button").await;
    alice.page.close().await;
}

#[tokio::test]
async fn the_look_of_the_browser_client_is_chosen_by_keyboard_alone() {
    let alice = Person::at("team", ".message").await;
    alice.chord("б", "Comma", held::NONE).await;
    alice.sees(".settings").await;
    alice.walk_to(".settings__sections li:nth-child(2) .list-row", TAB).await;
    alice.hit("Enter").await;
    alice.sees(".option-cards").await;
    alice.walk_to(".settings__main [value=light]", TAB).await;
    alice.hit("ArrowRight").await;
    alice.sees("html[data-theme=dark]").await;
    alice.walk_to(".settings__main [value=modern]", TAB).await;
    alice.hit("ArrowRight").await;
    alice.hit("ArrowRight").await;
    alice.sees("html[data-layout=bubbles]").await;
    alice.page.close().await;
}
