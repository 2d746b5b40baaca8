//! What files need to know of the account: where its server is, and its token.

use protocol::{ErrorCode, FileId};
use view::{Failure, Way};

use super::{Access, Core, Platform, Readable, State, route};
use crate::config::Endpoint;

/// Largest export, in bytes: it is in memory as a whole while it is sealed.
const EXPORT_BYTES_MAX: usize = 256 * 1024 * 1024;

impl<P: Platform> Core<P> {
    /// For a request over HTTP; `None` without a session, or while the server is nowhere.
    pub(super) fn access(&self) -> Option<Access> {
        let State::Open { engine, .. } = &self.state else { return None };
        let endpoint = serde_json::from_str::<Endpoint>(&engine.account()?.endpoint).ok()?;
        let endpoint = route::current(&endpoint, self.setup.here.as_ref())?;
        Some(Access { endpoint, token: engine.access_token()?.to_owned() })
    }

    /// Where a file can be read.
    pub(super) fn readable(&mut self, file_id: &FileId) -> Readable {
        let access = self.access();
        let State::Open { store, engine } = &mut self.state else {
            return Readable { access, seal: None, kept: None, picked: None, saved: None };
        };
        let kept = store.read(|tx| engine.kept_content(tx, file_id)).ok().flatten();
        let seal = store.read(|tx| engine.seal_of(tx, file_id)).ok().flatten();
        let mut place = |way| store.read(|tx| engine.place_of(tx, file_id, way)).ok().flatten();
        Readable { access, seal, kept, picked: place(Way::Up), saved: place(Way::Down) }
    }

    /// All that this device can read, in the clear: to be sealed at once.
    pub(super) fn export(&mut self) -> Result<Vec<u8>, Failure> {
        let now = self.platform.now();
        let State::Open { store, engine } = &mut self.state else { return Err(Failure::Disk) };
        let lines = store.read(|tx| engine.export(tx, now, EXPORT_BYTES_MAX)).map_err(|error| {
            tracing::warn!(%error, "the cache could not be exported");
            Failure::Disk
        })?;
        lines.ok_or(Failure::Refused { code: ErrorCode::FileTooLarge })
    }

    /// Keeps a content for the next time; one that cannot be kept is read again.
    pub(super) fn keep(&mut self, file_id: &FileId, bytes: &[u8]) {
        self.pump();
        let State::Open { store, engine } = &mut self.state else { return };
        let kept = store.write(|tx| engine.keep_content(tx, file_id, bytes));
        if let Err(error) = kept {
            tracing::info!(%error, "a content could not be kept");
        }
    }
}
