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
/// One refresh of a usual screen, in milliseconds; the last digit is the clock's grain.
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
    page.close().await;
}

async fn scroll(page: &Window, css: &str) -> Vec<f64> {
    let arguments = vec![json!(css), json!(FRAMES), json!(STEP_PX)];
    let answer = page.client.execute_async(SCROLL, arguments).await.expect("it scrolls");
    let mut took: Vec<f64> = answer.as_array().expect("frames").iter().filter_map(serde_json::Value::as_f64).collect();
    took.sort_by(f64::total_cmp);
    took
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
