//! A desk to test at: a screen (Xvfb), a session bus, a keyring, and WebDriver sessions on real windows and browsers.

mod screen;
mod window;

pub use screen::Desk;
pub use window::Window;
