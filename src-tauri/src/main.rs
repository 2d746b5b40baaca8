//! The desktop shell: windows, tray, keyring, notifications, host mode, discovery, and one bridge to the page.
//! No product logic: what people see and do is in `ui`, `client` and `server`.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod blank_window;
mod bridge;
mod files;
mod hosting;
mod keys;
mod lan;
mod links;
mod lock;
mod logging;
mod notify;
mod opening;
mod page;
#[cfg(target_os = "linux")]
mod pressed;
mod profile;
mod shell;
mod teams;
mod tray;
mod voice;
mod window;
mod words;

use std::sync::Arc;

use tauri::Manager as _;

use crate::profile::Profile;
use crate::shell::Shell;

fn main() {
    let profile = match Profile::open() {
        Ok(profile) => profile,
        Err(error) => {
            logging::to_terminal(&format!("Hybrid Messenger cannot use its data folder: {error}"));
            std::process::exit(1);
        }
    };
    logging::start(&profile);
    blank_window::heed(&profile);
    client::install_tls_provider();

    let app = links::single_instance(tauri::Builder::default(), &profile)
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(window::remembered_state())
        .invoke_handler(tauri::generate_handler![
            bridge::bridge_attach,
            bridge::bridge_command,
            files::bridge_load,
            files::bridge_paste
        ])
        .setup(move |app| {
            let shell = Shell::start(app.handle().clone(), profile);
            app.manage(Arc::clone(&shell));
            tray::build(app.handle(), &shell)?;
            window::open(app.handle(), &shell)?;
            links::listen(app.handle());
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(|handle, event| window::on_run_event(handle, &event)),
        Err(error) => {
            tracing::error!(%error, "the app could not be started");
            logging::to_terminal(&format!("Hybrid Messenger could not be started: {error}"));
            std::process::exit(1);
        }
    }
}
