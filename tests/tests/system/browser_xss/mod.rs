//! What people, servers and sites write is shown as text and never as anything else: known attacks in every text of every screen, in a
//! real Chromium. A watcher in the page notes everything that ever enters the document, also what is gone a moment later.

mod demo;
mod team;

use std::path::Path;

use serde_json::Value;
use system_tests::desk::Window;

/// So many known attacks at least.
const PAYLOADS_MIN: usize = 200;

/// What must not be there: elements that our interface has nowhere, attributes that run, addresses that lead where they should not.
pub(super) const WATCHER: &str = r#"
    if (window.watched) return true;
    window.watched = [];
    const note = what => { if (watched.length < 50) watched.push(what); };
    for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => note('ran: ' + name);
    document.addEventListener('securitypolicyviolation', e => note('policy: ' + e.violatedDirective + ' ' + e.sample));
    const ours = new Set(('html head body main search header footer nav section aside article div span p h1 h2 h3 h4 a b strong em i s u small code pre ' +
        'blockquote q br hr wbr ul ol li dl dt dd table thead tbody tr th td figure figcaption time kbd mark label form fieldset legend input ' +
        'textarea select option optgroup button output progress meter details summary dialog img canvas audio video svg g path circle rect line ' +
        'polyline polygon ellipse defs title bdi').split(' '));
    const leads = /^(https?:\/\/|mailto:|#|\.?\/|blob:)/i;
    const shows = /^(blob:|\.?\/|data:image\/(png|jpeg|webp|gif);)/i;
    const place = e => e.outerHTML.slice(0, 160);
    const attribute = (e, name, value) => {
        if (name.startsWith('on')) note('attribute: ' + place(e));
        else if (!/^[a-z][a-z0-9:_-]*$/i.test(name)) note('odd attribute ' + name + ': ' + place(e));
        else if (['href', 'xlink:href', 'action', 'formaction'].includes(name) && !(e instanceof SVGElement && value.startsWith('#')) && !leads.test(value)) note('leads: ' + place(e));
        else if (['src', 'srcset', 'poster', 'data', 'background', 'dynsrc', 'lowsrc'].includes(name) && !shows.test(value)) note('shows: ' + place(e));
        else if (name === 'srcdoc' || name === 'http-equiv') note('attribute: ' + place(e));
        else if (name === 'style' && /url\(|expression|javascript:|@import/i.test(value)) note('style: ' + place(e));
    };
    const element = e => {
        if (e.nodeType !== Node.ELEMENT_NODE) return;
        if (!ours.has(e.localName)) note('element: ' + place(e));
        for (const { name, value } of e.attributes) attribute(e, name.toLowerCase(), value);
        for (const child of e.children) element(child);
    };
    element(document.body);
    new MutationObserver(changes => {
        for (const change of changes) {
            if (change.type === 'attributes') { const value = change.target.getAttribute(change.attributeName); if (value !== null) attribute(change.target, change.attributeName.toLowerCase(), value); }
            else change.addedNodes.forEach(element);
        }
    }).observe(document, { subtree: true, childList: true, attributes: true });
    return true;
"#;

fn payloads() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("payloads/xss.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let all: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    assert!(all.len() >= PAYLOADS_MIN, "{}", all.len());
    all
}

/// Markdown takes signs of its own away: such a text is not there as it was written.
fn is_markdown(text: &str) -> bool {
    text.contains(['*', '`', '[', '\\', '_', '#']) || text.starts_with(['>', '-', '|']) || text.contains("~~")
}

fn texts(value: Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.into_iter().map(|what| what.as_str().unwrap_or_default().to_owned()).collect(),
        other => vec![format!("the watcher is gone: {other}")],
    }
}

async fn noted(page: &Window) -> Vec<String> {
    texts(page.ask("return window.watched;", vec![]).await)
}

/// Runs a script that says itself when it has done.
async fn run(page: &Window, script: &str, arguments: Vec<Value>) -> Value {
    page.client.execute_async(script, arguments).await.unwrap()
}
