//! The window: made from code so that its rules stand in one place. Closing it hides it while a team is hosted. It shows once its
//! page runs: until then there is nothing to see, and WebKitGTK that has to paint a page which is not there yet waits half a second
//! for it, during which the page waits for the app.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, RunEvent, Url, WebviewUrl, WebviewWindowBuilder, WindowEvent, Wry};
use tauri_plugin_opener::OpenerExt as _;
use tauri_plugin_window_state::StateFlags;

use crate::shell::Shell;
use crate::words::{self, language_of};
use crate::{files, notify};

/// The window's label.
pub const MAIN: &str = "main";
/// ux.md: the smallest window, in logical pixels.
const SMALLEST: (f64, f64) = (380.0, 480.0);
const FIRST: (f64, f64) = (1180.0, 780.0);

/// A page that does not run after this time is shown as it is.
const FIRST_SHOWN: Duration = Duration::from_secs(3);

static TOLD_STILL_HOSTING: AtomicBool = AtomicBool::new(false);
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Remembers place and size, but not that it was hidden.
pub fn remembered_state() -> tauri::plugin::TauriPlugin<Wry> {
    tauri_plugin_window_state::Builder::default()
        .with_state_flags(StateFlags::POSITION | StateFlags::SIZE | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN)
        .build()
}

/// Opens the window.
pub fn open(app: &AppHandle, shell: &Arc<Shell>) -> tauri::Result<()> {
    let opener = app.clone();
    let outside = app.clone();
    let mut window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Hybrid Messenger")
        .inner_size(FIRST.0, FIRST.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .visible(false)
        .on_navigation(move |url| is_own_page(url) || open_outside(&opener, url))
        .on_new_window(move |url, _features| {
            open_outside(&outside, &url);
            NewWindowResponse::Deny
        });
    if shell.profile.own_name().is_some() {
        window = window.data_directory(shell.profile.file("webview"));
    }
    window.build()?;
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(FIRST_SHOWN).await; // allow-sleep: a deadline, not a poll
        show_first(&handle);
    });
    Ok(())
}

/// Shows the window for the first time; a page that comes again while it is hidden shows nothing.
pub fn show_first(app: &AppHandle) {
    if !SHOWN.swap(true, Ordering::Relaxed)
        && let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.show()
    {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// Shows the window and brings it to the front.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = window.show();
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}

/// Ends the app; a hosted team is stopped first, so that those connected are told.
pub fn quit(app: &AppHandle) {
    let handle = app.clone();
    let shell = app.try_state::<Arc<Shell>>().map(|shell| Arc::clone(&shell));
    tauri::async_runtime::spawn(async move {
        if let Some(shell) = shell {
            shell.hosting.shut_down().await;
        }
        handle.exit(0);
    });
}

/// The app's own events.
pub fn on_run_event(app: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::WindowEvent { label, event: WindowEvent::CloseRequested { api, .. }, .. } if label == MAIN => {
            let Some(shell) = app.try_state::<Arc<Shell>>() else { return };
            api.prevent_close();
            if !shell.hosting.is_running() {
                quit(app);
                return;
            }
            if let Some(window) = app.get_webview_window(MAIN) {
                let _ = window.hide();
            }
            if !TOLD_STILL_HOSTING.swap(true, Ordering::Relaxed) {
                let language = language_of(&shell.preferences().language);
                std::thread::spawn(move || notify::plain(words::STILL_HOSTING.in_language(language)));
            }
        }
        RunEvent::WindowEvent { label, event: WindowEvent::DragDrop(event), .. } if label == MAIN => {
            files::on_drag_drop(app, event);
        }
        RunEvent::ExitRequested { api, code: None, .. } => api.prevent_exit(),
        _ => {}
    }
}

fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => url.host_str() == Some("tauri.localhost") || (cfg!(dev) && is_dev_server(url)),
        "about" => url.path() == "blank",
        _ => false,
    }
}

/// `cargo tauri dev` serves the page from a port of its own on loopback.
fn is_dev_server(url: &Url) -> bool {
    url.port() == Some(1430) && matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
}

/// Web and mail links go to the system's own programs; everything else goes nowhere.
fn open_outside(app: &AppHandle, url: &Url) -> bool {
    if matches!(url.scheme(), "http" | "https" | "mailto")
        && let Err(error) = app.opener().open_url(url.as_str(), None::<&str>)
    {
        tracing::info!(%error, "no program opens this link");
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_page_stays_in_the_window() {
        let own = |text: &str| is_own_page(&text.parse().unwrap_or_else(|_| panic!("{text} is no URL")));
        assert!(own("tauri://localhost/index.html"));
        assert!(own("http://tauri.localhost/"));
        assert!(!own("https://example.com/"));
        assert!(!own("file:///etc/passwd"));
        assert!(!own("javascript:alert(1)"));
    }
}
