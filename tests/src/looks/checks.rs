//! What a page must not show: things that stick out or are cut off, and words of another language or of no language.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::desk::Window;

/// Everything that sticks out of the window at the side, every word of a button that is cut off, and signs of a message that lie over
/// its words.
pub async fn overflows(page: &Window) -> Vec<String> {
    let script = r#"
        const found = [];
        const name = e => e.tagName.toLowerCase() + (e.className.baseVal ?? e.className ?? '').toString().split(' ').filter(Boolean).map(c => '.' + c).join('')
            + ' ' + JSON.stringify((e.textContent ?? '').trim().slice(0, 40));
        const scrolls = e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
        const clips = e => getComputedStyle(e).overflowX !== 'visible';
        const inScroller = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (scrolls(p) && p.scrollWidth > p.clientWidth + 1) return mayScroll(p); return false; };
        // Code, and strips whose way it is to scroll.
        const mayScroll = e => e.matches('pre, [data-scrolls]');
        for (const e of document.body.querySelectorAll('*')) {
            if (!e.checkVisibility({ visibilityProperty: true }) || e.closest('.visually-hidden, svg svg, .skeletons')) continue;
            const box = e.getBoundingClientRect();
            if (box.width === 0 || box.height === 0) continue;
            if ((box.right > innerWidth + 1 || box.left < -1) && !inScroller(e)) found.push(`${name(e)} reaches from ${Math.round(box.left)} to ${Math.round(box.right)} of ${innerWidth}`);
            const wide = e.scrollWidth > e.clientWidth + 1;
            if (wide && scrolls(e) && !mayScroll(e) && e.clientWidth > 0) found.push(`${name(e)} scrolls sideways: ${e.scrollWidth} in ${e.clientWidth}`);
            if (wide && clips(e) && e.matches('.button__words, .tabs__tab, .option-cards__words, .dialog__title, .banner__text, .menu__words, .badge, h1, h2, h3, label, .info-tile__words, .theme-form__code') && !e.matches('.chat-list__team')) found.push(`${name(e)} is cut off: ${e.scrollWidth} in ${e.clientWidth}`);
        }
        for (const status of document.querySelectorAll('.message__status')) {
            const corner = status.getBoundingClientRect();
            if (corner.width === 0) continue;
            const walk = document.createTreeWalker(status.parentElement.querySelector('.message__main'), NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const range = document.createRange();
                range.selectNodeContents(walk.currentNode);
                const under = box => Math.min(box.right, corner.right) - Math.max(box.left, corner.left) > 1
                    && Math.min(box.bottom, corner.bottom) - Math.max(box.top, corner.top) > 4;
                if ([...range.getClientRects()].some(under)) found.push(`${name(status)} lies over ${JSON.stringify(walk.currentNode.data.slice(0, 40))}`);
            }
        }
        return found;
    "#;
    texts(page.ask(script, vec![]).await)
}

/// The words of both languages by their keys: (key, Russian, English).
pub fn key_words() -> Vec<(String, String, String)> {
    let read = |language: &str| -> BTreeMap<String, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/locales").join(language);
        let files = std::fs::read_dir(&folder).expect("the words lie in ui/locales");
        let mut words = BTreeMap::new();
        for file in files {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("words are text");
            let lines = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            words.extend(lines.filter_map(|line| line.split_once(" = ")).map(|(k, v)| (k.to_owned(), v.to_owned())));
        }
        words
    };
    let (russian, english) = (read("ru"), read("en"));
    let pair = |(key, words): (String, String)| {
        let other = english.get(&key)?.clone();
        Some((key, words, other))
    };
    russian.into_iter().filter_map(pair).collect()
}

/// Keys that show instead of their words, and whole texts of the other language.
pub async fn strange_words(page: &Window, words: &[(String, String, String)], language: &str) -> Vec<String> {
    let keys: Vec<&str> = words.iter().map(|(key, _, _)| key.as_str()).collect();
    let other = |(_, russian, english): &(String, String, String)| {
        let (own, other) = if language == "ru" { (russian, english) } else { (english, russian) };
        (own != other && !other.contains('{') && other.chars().count() > 2).then(|| other.clone())
    };
    let foreign: Vec<String> = words.iter().filter_map(other).collect();
    let script = r#"
        const [keys, foreign] = [...arguments].map(list => new Set(list));
        const found = new Set();
        const look = (text, where) => {
            const words = (text ?? '').trim();
            if (foreign.has(words)) found.add(`${where}: ${JSON.stringify(words)} is of the other language`);
            for (const word of words.split(/[\s,:;()«»"]+/)) if (keys.has(word)) found.add(`${where}: the key ${word} has no words`);
        };
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('.message__main, .search-hit, .chat-row .list-row__lines')) look(walk.currentNode.data, walk.currentNode.parentElement.className || walk.currentNode.parentElement.tagName);
        for (const e of document.querySelectorAll('[aria-label], [title], [placeholder]'))
            for (const name of ['aria-label', 'title', 'placeholder']) look(e.getAttribute(name), name);
        return [...found];
    "#;
    texts(page.ask(script, vec![json!(keys), json!(foreign)]).await)
}

fn texts(value: Value) -> Vec<String> {
    let Value::Array(list) = value else { return vec![format!("the page gave no answer: {value}")] };
    list.into_iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}
