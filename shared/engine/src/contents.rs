//! Small contents that were read from the server, kept in the cache so that they show offline and after a restart: pictures of
//! people, voice messages, miniatures. The oldest go first.

use protocol::FileId;
use sql::{Tx, params};

use crate::engine::Engine;
use crate::error::EngineError;

/// Larger ones are read again each time, in bytes.
pub const KEPT_BYTES_MAX: usize = 512 * 1024;
/// All of them together, in bytes.
const ALL_BYTES_MAX: u64 = 96 * 1024 * 1024;

impl Engine {
    /// A content that was kept, or came inside of a sealed message.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn kept_content(&self, tx: &mut Tx<'_>, id: &FileId) -> Result<Option<Vec<u8>>, EngineError> {
        let kept = "SELECT bytes FROM contents WHERE file_id = ?1
                    UNION ALL SELECT bytes FROM preview_pictures WHERE file_id = ?1 LIMIT 1";
        Ok(tx.row(kept, params![id.as_str()], |r| r.blob(0))?)
    }

    /// Keeps a content of at most [`KEPT_BYTES_MAX`]; larger ones are passed over.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn keep_content(&mut self, tx: &mut Tx<'_>, id: &FileId, bytes: &[u8]) -> Result<(), EngineError> {
        if self.account.is_none() || bytes.len() > KEPT_BYTES_MAX {
            return Ok(());
        }
        let known = tx.execute(
            "INSERT INTO contents (n, file_id, size, bytes)
             VALUES ((SELECT coalesce(max(n), 0) + 1 FROM contents), ?1, ?2, ?3) ON CONFLICT (file_id) DO NOTHING",
            params![id.as_str(), bytes.len() as u64, bytes],
        )?;
        if known == 0 {
            return Ok(());
        }
        let mut all = tx.one("SELECT coalesce(sum(size), 0) FROM contents", &[], |r| r.count(0))?;
        while all > ALL_BYTES_MAX {
            let gone =
                tx.row("DELETE FROM contents WHERE n = (SELECT min(n) FROM contents) RETURNING size", &[], |r| {
                    r.count(0)
                })?;
            let Some(size) = gone else { break };
            all -= size;
        }
        Ok(())
    }
}
