//! The tray: opens the window, shows that a team is hosted, stops it, ends the app.

use std::sync::Arc;

use tauri::menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};
use view::HostCommand;

use crate::shell::Shell;
use crate::window;
use crate::words::{self, language_of};

const TRAY: &str = "main";

/// Puts the icon into the tray. A system without one works too: closing the window then ends the app unless it hosts.
pub fn build(app: &AppHandle, shell: &Arc<Shell>) -> tauri::Result<()> {
    let mut tray = TrayIconBuilder::with_id(TRAY)
        .tooltip("Hybrid Messenger")
        .menu(&menu(shell)?)
        .show_menu_on_left_click(false)
        .on_menu_event(on_menu)
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
                window::show(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app).map(drop)
}

/// Rebuilds the menu after the language or host mode changed.
pub fn refresh(shell: &Arc<Shell>) {
    let of = Arc::clone(shell);
    let done = shell.handle.run_on_main_thread(move || {
        if let (Some(tray), Ok(menu)) = (of.handle.tray_by_id(TRAY), menu(&of)) {
            let _ = tray.set_menu(Some(menu));
        }
    });
    if let Err(error) = done {
        tracing::debug!(%error, "the tray is gone");
    }
}

/// The sum of unread messages of all teams, where the system shows one.
pub fn badge(shell: &Arc<Shell>, messages: u64) {
    if let Some(window) = shell.handle.get_webview_window(window::MAIN) {
        let _ = window.set_badge_count((messages > 0).then_some(i64::try_from(messages).unwrap_or(i64::MAX)));
    }
}

fn menu(shell: &Arc<Shell>) -> tauri::Result<Menu<Wry>> {
    let language = language_of(&shell.preferences().language);
    let handle = &shell.handle;
    let item = |id: &str, text: &str, enabled| MenuItem::with_id(handle, id, text, enabled, None::<&str>);
    let menu = Menu::new(handle)?;
    menu.append(&item("open", words::OPEN.in_language(language), true)?)?;
    if shell.client().is_some() {
        let on = shell.quiet().is_dnd(crate::notify::now().0);
        let words = words::DO_NOT_DISTURB.in_language(language);
        menu.append(&CheckMenuItem::with_id(handle, "quiet", words, true, on, None::<&str>)?)?;
    }
    if shell.hosting.is_running() {
        menu.append(&PredefinedMenuItem::separator(handle)?)?;
        menu.append(&item("hosting", words::HOSTING.in_language(language), false)?)?;
        menu.append(&item("stop", words::STOP_HOSTING.in_language(language), true)?)?;
    }
    menu.append(&PredefinedMenuItem::separator(handle)?)?;
    menu.append(&item("quit", words::QUIT.in_language(language), true)?)?;
    Ok(menu)
}

fn on_menu(app: &AppHandle, event: tauri::menu::MenuEvent) {
    match event.id().as_ref() {
        "open" => window::show(app),
        "stop" => {
            let Some(shell) = app.try_state::<Arc<Shell>>() else { return };
            let shell = Arc::clone(&shell);
            tauri::async_runtime::spawn(async move {
                let _ = shell.hosting.command(&shell, HostCommand::Stop).await;
            });
        }
        "quiet" => {
            if let Some(shell) = app.try_state::<Arc<Shell>>() {
                Arc::clone(&shell).turn_dnd();
            }
        }
        "quit" => window::quit(app),
        _ => {}
    }
}
