//! The big screens; which one shows is decided by [`view::Stage`].

mod elsewhere;
mod host;
mod join;
mod keyring_closed;
mod loading;
mod settings;
mod sign_in;
mod team;
mod unlock;
mod welcome;

pub use elsewhere::Elsewhere;
pub use host::Host;
pub use join::Join;
pub use keyring_closed::KeyringClosed;
pub use loading::Loading;
pub use settings::Settings;
pub use sign_in::SignIn;
pub use team::Team;
pub use unlock::Unlock;
pub use welcome::Welcome;
