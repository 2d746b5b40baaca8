//! Writing in the browser: what is typed looks as it will be, in the places where it stands, and nothing of the field is lost by it.

use serde_json::{Value, json};
use system_tests::desk::held;

use super::browser_keys::{Person, TAB};

/// What the field holds, where its caret is, and what the layer over it makes strong.
const LOOK: &str = "const field = document.querySelector('.composer__field'); \
     const strong = [...document.querySelectorAll('.ink--bold:not(.ink--mark)')].map(e => e.textContent).join(''); \
     return { value: field.value, start: field.selectionStart, end: field.selectionEnd, strong };";

async fn look(person: &Person) -> Value {
    person.page.ask(LOOK, vec![]).await
}

#[tokio::test]
async fn marks_in_the_browser_look_as_they_will_and_each_can_be_undone() {
    let alice = Person::at("team", ".message").await;
    alice.walk_to(".composer__field", TAB).await;
    alice.type_text(&[("д", "KeyL"), ("а", "KeyF")]).await;
    alice.page.ask("document.querySelector('.composer__field').select();", vec![]).await;
    // Ctrl+B under a Russian layout.
    alice.chord("и", "KeyB", held::NONE).await;
    alice.sees(".composer__ink .ink--bold").await;
    assert_eq!(look(&alice).await, json!({"value": "**да**", "start": 2, "end": 4, "strong": "да"}));
    alice.page.ask("document.execCommand('undo');", vec![]).await;
    alice
        .page
        .until("return document.querySelector('.composer__field').value === 'да';", vec![], "the text before")
        .await;
    alice.sees_no(".composer__ink").await;
    alice.page.ask("document.execCommand('redo');", vec![]).await;
    alice.sees(".composer__ink .ink--bold").await;
    assert_eq!(look(&alice).await["value"], json!("**да**"));
    // Typing goes on where the caret is, and the layer follows.
    alice.page.ask("const f = document.querySelector('.composer__field'); f.setSelectionRange(4, 4);", vec![]).await;
    alice.type_text(&[("!", "Digit1"), ("👍", "KeyQ")]).await;
    alice
        .page
        .until(
            "return document.querySelector('.ink--bold:not(.ink--mark)').textContent === 'да!👍';",
            vec![],
            "the strong text",
        )
        .await;
    assert_eq!(look(&alice).await, json!({"value": "**да!👍**", "start": 7, "end": 7, "strong": "да!👍"}));
    alice.page.close().await;
}

#[tokio::test]
async fn an_input_method_in_the_browser_has_the_field_to_itself() {
    let alice = Person::at("team", ".message").await;
    alice.page.fill(".composer__field", "**да**").await;
    alice.sees(".composer__ink").await;
    let tell = "document.querySelector('.composer__field').dispatchEvent(new CompositionEvent(arguments[0], { bubbles: true }));";
    alice.page.ask(tell, vec![json!("compositionstart")]).await;
    alice.sees_no(".composer__ink").await;
    alice.sees(".composer__paper:not(.composer__paper--inked)").await;
    alice.page.ask(tell, vec![json!("compositionend")]).await;
    alice.sees(".composer__ink").await;
    alice.page.close().await;
}

/// If a letter of the layer were wider or narrower than the field's, lines would break elsewhere, and the heights would differ.
#[tokio::test]
async fn the_layer_in_the_browser_breaks_its_lines_where_the_field_does() {
    let alice = Person::at("team", ".message").await;
    let texts = [
        "**Жирный AVA To Wa, очень длинный текст, который не поместится в одну строку** и _наклонный ничуть не короче него_ — да",
        "`let fi = \"ffi\"; // To AV` ~~зачёркнутый To AVA~~ ||скрытый fi ffl|| [слова ссылки To](https://example.org/AVATAR) #general",
        "> цитата **жирная** на несколько слов, чтобы строка перенеслась хотя бы один раз на узком экране\n- раз\n- два\n",
        "**абв** ".repeat(60).leak(),
    ];
    let same = "const field = document.querySelector('.composer__field'), ink = document.querySelector('.composer__ink'); \
         if (!ink || field.value !== arguments[0]) return false; \
         const old = field.style.height; field.style.height = 'auto'; ink.style.width = `${field.clientWidth}px`; \
         const heights = [field.scrollHeight, ink.scrollHeight]; field.style.height = old; \
         return Math.abs(heights[0] - heights[1]) <= 1;";
    for width in [380, 700, 1000, 1400] {
        alice.page.resize(width, 860).await;
        for text in texts {
            alice.page.fill(".composer__field", text).await;
            alice.page.until(same, vec![json!(text)], &format!("the same height at {width}: {text}")).await;
        }
    }
    alice.page.close().await;
}

#[tokio::test]
async fn a_selection_in_the_browser_shows_the_bar_of_marks_whose_buttons_keep_the_text_selected() {
    let alice = Person::at("team", ".message").await;
    alice.page.fill(".composer__field", "важно").await;
    alice.page.ask("const f = document.querySelector('.composer__field'); f.focus(); f.select();", vec![]).await;
    alice.sees(".marks .icon-button").await;
    alice.page.ask("document.querySelector('.marks .icon-button').click();", vec![]).await;
    alice
        .page
        .until("return document.querySelector('.composer__field').value === '**важно**';", vec![], "the mark")
        .await;
    alice.stands_on(".composer__field").await;
    assert_eq!(look(&alice).await, json!({"value": "**важно**", "start": 2, "end": 7, "strong": "важно"}));
    // And by Tab, for those without a pointer.
    alice.sees(".marks").await;
    alice.hit_with(TAB, held::SHIFT).await;
    alice.stands_on(".marks").await;
    alice.page.close().await;
}

#[tokio::test]
async fn a_slash_in_the_browser_finds_a_command_and_enter_does_it() {
    let alice = Person::at("team", ".message").await;
    alice.walk_to(".composer__field", TAB).await;
    alice
        .type_text(&[("/", "Backslash"), ("о", "KeyJ"), ("п", "KeyG"), ("р", "KeyH"), ("о", "KeyJ"), ("с", "KeyC")])
        .await;
    alice.sees(".suggestions__row").await;
    alice.hit("Enter").await;
    alice.sees("dialog[open] .new-poll").await;
    alice
        .page
        .until("return document.querySelector('.composer__field').value === '';", vec![], "the empty field")
        .await;
    alice.page.close().await;
}
