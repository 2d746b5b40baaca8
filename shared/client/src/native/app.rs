//! A running client: one per profile.

use std::sync::Arc;
use view::{CommandEnvelope, CommandReply, Failure, Update};

use crate::config::{AppConfig, Here, StartError};

/// A running client. Cheap to share behind an `Arc`; dropping it closes the cache and frees the profile.
pub struct App {
    on_update: Arc<dyn Fn(Update) + Send + Sync>,
}

impl App {
    /// Opens the profile and starts. `on_update` is called on the engine's thread, in order; it must not block for long,
    /// and may call [`Self::command`].
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(_config: AppConfig, on_update: impl Fn(Update) + Send + Sync + 'static) -> Result<Self, StartError> {
        Ok(Self { on_update: Arc::new(on_update) })
    }

    /// Queues a command; its [`Update::Reply`] comes back under the same number. Never blocks.
    pub fn command(&self, envelope: CommandEnvelope) {
        let reply = CommandReply::Failed { failure: Failure::Internal };
        (self.on_update)(Update::Reply { id: envelope.id, reply });
    }

    /// Says where [`view::ServerTarget::Here`] is now; `None` when this app hosts nothing.
    pub fn set_here(&self, _here: Option<Here>) {}

    /// The system says that the network changed or the machine woke up: a connection is checked, or tried at once.
    pub fn network_changed(&self) {}
}
