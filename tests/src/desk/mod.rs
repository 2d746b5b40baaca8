//! A desk to test at: a screen (Xvfb), a session bus, a keyring, and WebDriver sessions on real windows and browsers.

mod devtools;
mod screen;
mod window;

pub use devtools::{Press, held};
pub use screen::{Desk, built};
pub use window::Window;
