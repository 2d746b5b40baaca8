//! (f) The interface in Chromium: frames while a long history scrolls, the time until one can write, the size of the download.
//!
//! Headless Chromium draws by software, so frames have a floor; a plain list of the same texts, without any script, is
//! scrolled in the same way in the same browser, and is the raw limit.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use system_tests::desk::Window;
use system_tests::looks::{Site, built_client, measured_client};
use tokio::runtime::Runtime;

use crate::report::{Aim, Line, Report};

/// Frames of one scroll: up, then down.
const FRAMES: usize = 600;
/// So far a frame: a fast flick of the wheel, 7,200 pixels a second.
const STEP_PX: u32 = 120;
/// Starts that the time until one can write is the median of.
const STARTS: usize = 7;
/// Chats that are opened one after the other.
const CHATS_OPENED: usize = 40;
/// One refresh of a usual screen, in milliseconds.
const FRAME_MS: f64 = 16.7;

/// Scrolls the element and answers with the milliseconds between frames.
const SCROLL: &str = r#"
    const [css, frames, step, done] = arguments;
    const list = document.querySelector(css);
    const took = [];
    let last = null;
    const frame = now => {
        if (last !== null) took.push(now - last);
        last = now;
        if (took.length >= frames) return done(took);
        list.scrollTop += took.length < frames / 2 ? -step : step;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
"#;

/// Presses one chat after the other, and answers with the milliseconds until the frame that shows each one's messages was painted.
const OPEN_CHATS: &str = r#"
    const [count, done] = arguments;
    const rows = [...document.querySelectorAll('.chat-row .list-row')].slice(1, 1 + count);
    const took = [];
    const next = () => {
        const row = rows.shift();
        if (!row) return done(took);
        const before = document.querySelector('.message');
        const started = performance.now();
        row.click();
        const look = () => {
            const message = document.querySelector('.message');
            if (!message || message === before) return requestAnimationFrame(look);
            requestAnimationFrame(() => { took.push(performance.now() - started); setTimeout(next, 0); });
        };
        requestAnimationFrame(look);
    };
    next();
"#;

/// Types a letter in each frame, and answers with the milliseconds between frames.
const TYPE: &str = r#"
    const [frames, done] = arguments;
    const field = document.querySelector('.composer__field');
    field.focus();
    const took = [];
    let last = null;
    const frame = now => {
        if (last !== null) took.push(now - last);
        last = now;
        if (took.length >= frames) return done(took);
        document.execCommand('insertText', false, took.length % 6 ? 'о' : ' ');
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
"#;

/// The same texts as plain rows, without any script.
const PLAIN: &str = r#"
    const [count] = arguments;
    const words = ['да', 'нет, позже', 'посмотрю сегодня вечером', 'Готово: всё собралось и прошло тесты, можно смотреть', 'https://team.example/build — сборка'];
    const rows = [];
    for (let n = 1; n <= count; n++) rows.push(`<p>${n}: ${Array(n % 17 ? 1 + n % 3 : 12).fill(words[n % 5]).join(', ')}</p>`);
    document.body.innerHTML = '<div id="plain">' + rows.join('') + '</div>';
    const list = document.getElementById('plain');
    Object.assign(list.style, { height: '100vh', overflow: 'auto' });
    list.scrollTop = list.scrollHeight;
"#;

pub fn measure(report: &mut Report) {
    Runtime::new().expect("a runtime can be made").block_on(frames(report));
    sizes(report);
}

async fn frames(report: &mut Report) {
    let site = Site::of(&measured_client()).await;
    let page = Window::page().await;
    page.open_afresh(&site.address("#gallery/timeline-100k")).await;
    page.see(".message").await;
    page.settle().await;
    let ours = scroll(&page, ".virtual-list").await;
    page.ask(PLAIN, vec![json!(100_000)]).await;
    page.settle().await;
    let raw = scroll(&page, "#plain").await;
    for (what, share, aim) in [
        ("f  frame while 100,000 messages scroll, p50", 0.50, Aim::AtMost(FRAME_MS)),
        ("f  frame while 100,000 messages scroll, p99", 0.99, Aim::AtMost(FRAME_MS)),
    ] {
        report.line(Line { what, unit: "ms", ours: at(&ours, share), raw: Some(at(&raw, share)), aim });
    }
    let ready = until_one_can_write(&page, &site).await;
    report.line(Line {
        what: "f  start → one can write, demo host",
        unit: "ms",
        ours: ready,
        raw: None,
        aim: Aim::AtMost(1_000.0),
    });
    crowded(report, &page, &site).await;
    page.close().await;
}

/// With 2,000 chats and 10,000 emoji of the team's own.
async fn crowded(report: &mut Report, page: &Window, site: &Site) {
    page.open_afresh(&site.address("#demo=team,many,en,light")).await;
    page.see(".composer__field").await;
    page.settle().await;
    let opened = page.client.execute_async(OPEN_CHATS, vec![json!(CHATS_OPENED)]).await.expect("chats open");
    let mut opened = numbers(&opened);
    opened.sort_by(f64::total_cmp);
    let (what, aim) = ("f  press a chat → its messages painted, p50", Aim::AtMost(50.0));
    report.line(Line { what, unit: "ms", ours: at(&opened, 0.5), raw: None, aim });
    let list = scroll(page, ".chat-list__rows").await;
    let typed = page.client.execute_async(TYPE, vec![json!(FRAMES / 2)]).await.expect("one can type");
    let typed = in_refreshes(&typed);
    page.click(".composer .icon-button:has([data-icon=Smile])").await;
    page.see(".emoji-panel__scroll").await;
    page.settle().await;
    let emoji = scroll(page, ".emoji-panel__scroll").await;
    for (what, took) in [
        ("f  frame while 2,000 chats scroll, p99", list),
        ("f  frame while typing, 2,000 chats, p99", typed),
        ("f  frame while 10,000 emoji scroll, p99", emoji),
    ] {
        report.line(Line { what, unit: "ms", ours: at(&took, 0.99), raw: None, aim: Aim::AtMost(FRAME_MS) });
    }
}

fn numbers(answer: &serde_json::Value) -> Vec<f64> {
    answer.as_array().expect("numbers").iter().filter_map(serde_json::Value::as_f64).collect()
}

/// A frame takes a whole number of refreshes; the clock's grain and jitter make two of them 16.6 or 16.8 apart.
fn in_refreshes(answer: &serde_json::Value) -> Vec<f64> {
    let refreshes = |ms: f64| (ms * 60.0 / 1_000.0).round().max(1.0) * FRAME_MS;
    let mut took: Vec<f64> = numbers(answer).into_iter().map(refreshes).collect();
    took.sort_by(f64::total_cmp);
    took
}

async fn scroll(page: &Window, css: &str) -> Vec<f64> {
    let arguments = vec![json!(css), json!(FRAMES), json!(STEP_PX)];
    let answer = page.client.execute_async(SCROLL, arguments).await.expect("it scrolls");
    in_refreshes(&answer)
}

/// From the navigation to the frame that shows a composer, in milliseconds; the median.
async fn until_one_can_write(page: &Window, site: &Site) -> f64 {
    let watch = "const look = () => document.querySelector('.composer__field') \
         ? requestAnimationFrame(() => { window.readyAt = performance.now(); }) : requestAnimationFrame(look); \
         requestAnimationFrame(look);";
    page.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await;
    let mut took = Vec::new();
    for _ in 0..STARTS {
        page.open_afresh(&site.address("#demo=team,en,light")).await;
        page.until("return window.readyAt > 0;", vec![], "a composer").await;
        took.push(page.ask("return window.readyAt;", vec![]).await.as_f64().expect("a time"));
    }
    took.sort_by(f64::total_cmp);
    at(&took, 0.5)
}

/// What a browser downloads, as it lies in `ui/dist`, and compressed.
fn sizes(report: &mut Report) {
    for (file, what, packed) in [
        ("ui_bg.wasm", "f  the interface, wasm", "f  the interface, wasm, gzip"),
        ("worker_pkg_bg.wasm", "f  the engine, wasm", "f  the engine, wasm, gzip"),
    ] {
        let path = built_client().join(file);
        let bytes = std::fs::metadata(&path).expect("cargo xtask bench builds the web client").len() as f64;
        report.line(Line { what, unit: "KiB", ours: bytes / 1024.0, raw: None, aim: Aim::None });
        report.line(Line { what: packed, unit: "KiB", ours: gzipped(&path) / 1024.0, raw: None, aim: Aim::None });
    }
}

fn gzipped(path: &Path) -> f64 {
    let file = std::fs::File::open(path).expect("the file opens");
    let out = Command::new("gzip").args(["-9", "-c"]).stdin(Stdio::from(file)).output().expect("gzip is installed");
    out.stdout.len() as f64
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}
