//! When WebKit shall draw without its DMABUF renderer (Linux). Some drivers show a blank window with it: a start whose page never
//! came alive is remembered, and the next one runs without; a page that is silent for too long makes the app start itself again
//! that way. And without a graphics card it draws by software OpenGL, which costs memory and time for nothing.

use std::time::Duration;

use crate::profile::Profile;

const MARK: &str = "start-unfinished";
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// A page that has not spoken after this time is blank.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where Linux shows graphics cards.
const CARDS: &str = "/dev/dri";

/// Before anything else, while this process has one thread: does the machine, or the last start, say that this one must avoid the
/// renderer?
pub fn heed(profile: &Profile) {
    if !has_graphics_card() {
        // Measured: 80 MiB less for the page's process, docs/benchmarks.md.
        switch_off("there is no graphics card");
    }
    let mark = profile.file(MARK);
    let last_failed = mark.exists();
    if let Err(error) = std::fs::write(&mark, b"") {
        tracing::warn!(%error, "cannot mark the start");
    }
    if last_failed {
        switch_off("the last start showed no page");
    }
}

/// For this process and its children. Not by starting anew with another environment: that takes 80 ms.
fn switch_off(why: &str) {
    #[cfg(target_os = "linux")]
    if std::env::var_os(SWITCH).is_none() {
        tracing::warn!(why, "drawing without the DMABUF renderer");
        if let Err(error) = glib::setenv(SWITCH, "1", true) {
            tracing::error!(%error, "the environment cannot be changed");
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = why;
}

fn has_graphics_card() -> bool {
    let cards = std::fs::read_dir(CARDS).into_iter().flatten().filter_map(Result::ok);
    cards.map(|card| card.file_name()).any(|name| name.to_string_lossy().starts_with("render"))
}

/// The page spoke: the start went well.
pub fn page_is_alive(profile: &Profile) {
    let _ = std::fs::remove_file(profile.file(MARK));
}

/// The page was silent for [`PATIENCE`]: replaces this process by itself with the switch set, unless it is set already, or not on Linux.
pub fn page_is_silent() {
    if !cfg!(target_os = "linux") || std::env::var_os(SWITCH).is_some() {
        return;
    }
    tracing::warn!("the page did not come alive: starting again without the DMABUF renderer");
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::CommandExt as _;
        let Ok(program) = std::env::current_exe() else { return };
        let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SWITCH, "1").exec();
        tracing::error!(%error, "could not start again");
    }
}
