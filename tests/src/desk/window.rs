//! A WebDriver session on a real desktop window (WebKitWebDriver) or a Chromium page (ChromeDriver).

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::screen::{Desk, built};

/// How long a person would wait for something to appear; a debug build on two busy cores needs the most of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a page is asked for what is waited for: screens are many, and each waits a few times.
const LOOK: Duration = Duration::from_millis(20);
/// A point of the page moves, unseen.
const STIR: &str = "const point = document.createElement('i'); point.id = 'stir'; \
     Object.assign(point.style, { position: 'fixed', insetBlockEnd: 0, width: '1px', height: '1px', background: 'currentColor' }); \
     document.body.append(point); \
     point.animate([{ opacity: 0.01 }, { opacity: 0.02 }], { duration: 100, iterations: Infinity });";

/// A window or page that a test drives.
pub struct Window {
    /// For what this type has no word for.
    pub client: Client,
    driver: Child,
    _profile: Option<tempfile::TempDir>,
}

impl Window {
    /// The desktop app in a window on this desk, with a profile of its own.
    pub async fn desktop(desk: &Desk, profile: &Path) -> Self {
        let mut driver = desk.command("WebKitWebDriver");
        driver.env("HYBRID_PROFILE", profile).stderr(log_file(profile));
        Self::of_app(driver, &built("hybrid-messenger")).await
    }

    /// A window of this app, driven by `driver`, a WebKitWebDriver with the environment that the app shall have.
    pub async fn of_app(mut driver: Command, app: &Path) -> Self {
        let port = free_port();
        let driver = driver
            .arg(format!("--port={port}"))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(Stdio::null())
            .spawn()
            .expect("webkit2gtk-driver is installed (cargo xtask test does that)");
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        Self { client: session(port, wanted).await, driver, _profile: None }
    }

    /// The desktop app's process: the driver's child.
    pub fn app_pid(&self) -> Option<u32> {
        let processes = std::fs::read_dir("/proc").ok()?;
        let mut numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        let parent = |pid: u32| -> Option<u32> {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        };
        numbers.find(|pid| parent(*pid) == Some(self.driver.id()))
    }

    /// A Chromium page of this size; certificates that no authority signed are accepted, as a guest would by a click.
    pub async fn chromium(desk: &Desk, width: u32, height: u32) -> Self {
        Self::chromium_by(desk.command("chromedriver"), width, height).await
    }

    /// A Chromium page without a desk, 1400×900; [`Window::resize`] gives it any size.
    pub async fn page() -> Self {
        let window = Self::chromium_by(Command::new("chromedriver"), 1400, 900).await;
        window.resize(1400, 900).await;
        window
    }

    async fn chromium_by(mut chromedriver: Command, width: u32, height: u32) -> Self {
        let port = free_port();
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let driver = chromedriver
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromium-driver is installed (cargo xtask test does that)");
        let wanted = json!({
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "binary": "/usr/bin/chromium",
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync",
                    // Pages that were left would live on beside the one that is looked at.
                    "--disable-features=BackForwardCache", "--process-per-site",
                    format!("--window-size={width},{height}"), "--lang=en-US",
                    format!("--user-data-dir={}", profile.path().display()),
                ],
            },
        });
        Self { client: session(port, wanted).await, driver, _profile: Some(profile) }
    }

    /// Waits until something matches this CSS selector, and gives it.
    pub async fn see(&self, css: &str) -> fantoccini::elements::Element {
        let started = Instant::now();
        match self.client.wait().at_most(PATIENCE).every(LOOK).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => {
                let shot = self.keep_screenshot("failed").await;
                panic!("no {css} after {:?} ({error}); see {}", started.elapsed(), shot.display())
            }
        }
    }

    /// Waits until this text stands in something that matches the selector.
    pub async fn read(&self, css: &str, text: &str) {
        self.until(
            "const [css, text] = arguments; \
             return [...document.querySelectorAll(css)].some(e => (e.textContent ?? '').includes(text));",
            vec![json!(css), json!(text)],
            &format!("{text:?} in {css}"),
        )
        .await;
    }

    /// Waits until a script returns true.
    pub async fn until(&self, script: &str, arguments: Vec<Value>, what: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            if matches!(self.client.execute(script, arguments.clone()).await, Ok(Value::Bool(true))) {
                return;
            }
            if Instant::now() > end {
                let shot = self.keep_screenshot("failed").await;
                panic!("waited in vain for {what}; see {}", shot.display());
            }
            // Another program's page: there is nothing to subscribe to, so it is asked again.
            tokio::time::sleep(LOOK).await; // allow-sleep: polling a foreign process
        }
    }

    /// Clicks.
    pub async fn click(&self, css: &str) {
        let element = self.see(css).await;
        let end = Instant::now() + PATIENCE;
        loop {
            match element.click().await {
                Ok(()) => return,
                // A person waits for a notice to go.
                Err(CmdError::Standard(error))
                    if error.error == ErrorStatus::ElementClickIntercepted && Instant::now() < end => {}
                Err(error) => {
                    let shot = self.keep_screenshot("failed").await;
                    panic!("cannot click {css} ({error}); see {}", shot.display());
                }
            }
            tokio::time::sleep(LOOK).await; // allow-sleep: polling a foreign process
        }
    }

    /// Replaces what a field holds, the way typing would.
    pub async fn fill(&self, css: &str, text: &str) {
        self.click(css).await;
        let field = self.see(css).await;
        self.client
            .execute(
                "const [field, text] = arguments; \
                 const proto = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement; \
                 Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(field, text); \
                 field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
                vec![serde_json::to_value(&field).expect("an element is JSON"), json!(text)],
            )
            .await
            .expect("the page takes the text");
    }

    /// Presses the button (or tab, or menu entry) with this name, as a screen reader would say it.
    pub async fn press_button(&self, name: &str) {
        self.until(
            "const [name] = arguments; \
             const named = e => (e.getAttribute('aria-label') ?? e.textContent ?? '').trim(); \
             const all = [...document.querySelectorAll('button, [role=button], [role=menuitem], [role=tab], [role=option], a')] \
               .filter(e => e.offsetParent !== null && !e.disabled); \
             const found = all.find(e => named(e) === name) ?? all.find(e => named(e).startsWith(name)); \
             if (!found) return false; \
             found.scrollIntoView({ block: 'nearest' }); found.click(); return true;",
            vec![json!(name)],
            &format!("a button named {name:?}"),
        )
        .await;
    }

    /// Fills the field with this label.
    pub async fn fill_labelled(&self, label: &str, text: &str) {
        self.until(
            "const [label, text] = arguments; \
             const found = [...document.querySelectorAll('label')].find(e => e.textContent.trim() === label && e.htmlFor); \
             const field = found && document.getElementById(found.htmlFor); \
             if (!field || field.disabled) return false; \
             const proto = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement; \
             Object.getOwnPropertyDescriptor(proto.prototype, 'value').set.call(field, text); \
             field.dispatchEvent(new InputEvent('input', { bubbles: true })); return true;",
            vec![json!(label), json!(text)],
            &format!("a field labelled {label:?}"),
        )
        .await;
    }

    /// What a script returns.
    pub async fn ask(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or(Value::Null)
    }

    /// Presses keys in a field, as WebDriver names them (`\u{e007}` is Enter).
    pub async fn press(&self, css: &str, keys: &str) {
        self.see(css).await.send_keys(keys).await.expect("a field takes keys");
    }

    /// Keeps a picture under `target/screenshots`, or in the folder that `HYBRID_SCREENSHOTS` names.
    pub async fn keep_screenshot(&self, name: &str) -> PathBuf {
        let folder =
            std::env::var_os("HYBRID_SCREENSHOTS").map_or_else(|| built(".").join("../screenshots"), PathBuf::from);
        std::fs::create_dir_all(&folder).expect("screenshots can be kept");
        let path = folder.join(format!("{name}.png"));
        // WebKit answers after its next drawing, and without the DMABUF renderer there is none while nothing moves.
        self.ask(STIR, vec![]).await;
        if let Ok(Ok(png)) = tokio::time::timeout(PATIENCE, self.client.screenshot()).await {
            std::fs::write(&path, png).expect("screenshots can be kept");
        }
        self.ask("document.getElementById('stir')?.remove();", vec![]).await;
        path
    }

    /// Ends the session and the program, as closing does.
    pub async fn close(mut self) {
        let app = self.app_pid();
        let _ = self.client.clone().close().await;
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        // A driver that is ended may leave its app alone.
        if let Some(app) = app {
            let _ = Command::new("kill").arg(app.to_string()).stderr(Stdio::null()).status();
        }
    }

    /// As [`Self::close`], and returns when the desktop app has let its profile go, so that it can be started again.
    pub async fn close_and_leave(self, profile: &Path) {
        self.close().await;
        let lock = std::fs::File::open(profile.join("client/lock")).expect("the app has a profile");
        // Waits in the system until the last holder is gone.
        let left = tokio::task::spawn_blocking(move || lock.lock());
        let left = tokio::time::timeout(PATIENCE, left).await.expect("the app ends");
        left.expect("a thread can wait").expect("a profile can be locked");
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

async fn session(port: u16, wanted: Value) -> Client {
    let Value::Object(wanted) = wanted else { unreachable!("capabilities are an object") };
    let end = Instant::now() + PATIENCE;
    loop {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        match builder.capabilities(wanted.clone()).connect(&format!("http://127.0.0.1:{port}")).await {
            Ok(client) => return client,
            Err(error) if Instant::now() > end => panic!("no WebDriver session: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await, // allow-sleep: the driver is starting
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("there is a free port").port()
}

fn log_file(profile: &Path) -> Stdio {
    std::fs::create_dir_all(profile).expect("a profile folder can be made");
    let file = std::fs::File::create(profile.join("window.log")).expect("a log can be made");
    Stdio::from(file)
}
