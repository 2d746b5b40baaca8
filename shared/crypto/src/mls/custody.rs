//! How long keys are kept, and their deletion. The figures are decided in `docs/adr/0010`, from what was measured.

use openmls::group::{MlsGroupJoinConfig, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY, PastEpochDeletion};
use openmls::prelude::SenderRatchetConfiguration;

use super::{Cx, Group, MlsError, PADDING_BYTES};

/// Keys of past epochs go this long after the epoch changed, even in a group where nothing happens.
const PAST_EPOCHS_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// A device replaces its own key after this time: whoever read the device once is locked out again.
const REFRESH_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What is kept so that late messages can be read. Each figure costs forward secrecy, and is therefore bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Epochs before the current one whose messages can still be read.
    pub past_epochs: usize,
    /// How many messages of one sender a message may come late.
    pub out_of_order: u32,
    /// How many messages of one sender may be missing before one that comes.
    pub forward: u32,
}

impl Retention {
    /// What we use.
    pub const CHOSEN: Retention = Retention { past_epochs: 5, out_of_order: 100, forward: 1_000 };
    /// What the library does unasked. It loses messages: tests show it, nothing else uses it.
    pub const LIBRARY: Retention = Retention { past_epochs: 0, out_of_order: 5, forward: 1_000 };

    pub(super) fn sender_ratchets(self) -> SenderRatchetConfiguration {
        SenderRatchetConfiguration::new(self.out_of_order, self.forward)
    }

    pub(super) fn join_config(self) -> MlsGroupJoinConfig {
        MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
            .padding_size(PADDING_BYTES)
            .max_past_epochs(self.past_epochs)
            .sender_ratchet_configuration(self.sender_ratchets())
            .use_ratchet_tree_extension(true)
            .build()
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::CHOSEN
    }
}

/// What [`Group::tend`] did and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Care {
    /// The keys of past epochs were deleted.
    pub forgot_past_epochs: bool,
    /// It is time for [`super::Change::refresh`].
    pub refresh_due: bool,
}

impl Group {
    /// Deletes keys whose time is over and says whether the own key should be replaced. Call it once a day, say.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn tend(&mut self, cx: &mut Cx<'_, '_>) -> Result<Care, MlsError> {
        let now = cx.now.0;
        let over = now.saturating_sub(self.row.epoch_since_ms) >= PAST_EPOCHS_AGE_MS;
        if over {
            let mls = &mut self.mls;
            cx.with(|provider| {
                mls.delete_past_epoch_secrets(provider, PastEpochDeletion::delete_all())
                    .map_err(|error| MlsError::Library(error.to_string()))
            })?;
        }
        let refresh_due = self.is_member() && now.saturating_sub(self.row.refreshed_ms) >= REFRESH_AGE_MS;
        Ok(Care { forgot_past_epochs: over, refresh_due })
    }
}
