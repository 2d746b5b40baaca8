//! One app per profile, and links from outside: `hybrid://join/…` given at the start, to a running app, or by the system.

use std::sync::Arc;

use tauri::{AppHandle, Builder, Manager as _, Wry};
use tauri_plugin_deep_link::DeepLinkExt as _;
use view::HostUpdate;

use crate::profile::Profile;
use crate::shell::Shell;
use crate::window;

/// A second start shows the first one's window and hands over its link.
pub fn single_instance(builder: Builder<Wry>, profile: &Profile) -> Builder<Wry> {
    let plugin = tauri_plugin_single_instance::Builder::new().callback(|app, arguments, _folder| {
        window::show(app);
        open_links(app, arguments.into_iter().skip(1));
    });
    match profile.own_name() {
        None => builder.plugin(plugin.build()),
        // Each profile is an app of its own: on Linux by its own bus name, elsewhere by the cache's lock alone.
        #[cfg(target_os = "linux")]
        Some(name) => builder.plugin(plugin.dbus_id(format!("org.hybridmessenger.desktop.{name}")).build()),
        #[cfg(not(target_os = "linux"))]
        Some(_) => builder,
    }
}

/// Takes the link of this start, and those that the system sends later.
pub fn listen(app: &AppHandle) {
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        window::show(&handle);
        open_links(&handle, event.urls().into_iter().map(String::from));
    });
    open_links(app, std::env::args().skip(1));
}

fn open_links(app: &AppHandle, candidates: impl Iterator<Item = String>) {
    let Some(shell) = app.try_state::<Arc<Shell>>() else { return };
    for link in candidates.filter(|text| text.starts_with("hybrid://")).take(1) {
        // What is not an invitation is refused by the join screen, in words.
        let link: String = link.chars().take(2_048).collect();
        shell.tell_or_keep(HostUpdate::LinkOpened { link });
    }
}
