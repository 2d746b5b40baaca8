//! Own changes of the membership. A commit waits until the server has accepted it: two that were merged unasked in one
//! epoch would fork the group for good.

use openmls::group::MlsGroup;
use openmls::prelude::{LeafNodeIndex, Proposal};
use openmls_traits::OpenMlsProvider as _;

use super::{Cx, GROUP_DEVICES_MAX, Group, KeyPackage, Leaf, Me, MlsError};
use crate::sha256;

/// What one commit does. Waiting proposals (the server's removals) are committed with it, always.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Devices that enter, all with one welcome.
    pub add: Vec<KeyPackage>,
    /// Devices that leave.
    pub remove: Vec<Leaf>,
    /// Replace the own key even if the rest does not need it.
    pub refresh: bool,
}

/// A commit that waits for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The epoch it ends; the server accepts one commit for each.
    pub epoch: u64,
    /// To the server, for the members' logs.
    pub commit: Vec<u8>,
    /// To the server with it, for those who enter.
    pub welcome: Option<Vec<u8>>,
}

impl Change {
    /// Devices enter.
    pub fn add(packages: impl IntoIterator<Item = KeyPackage>) -> Self {
        Self { add: packages.into_iter().collect(), ..Self::default() }
    }

    /// Devices leave.
    pub fn remove(leaves: impl IntoIterator<Item = Leaf>) -> Self {
        Self { remove: leaves.into_iter().collect(), ..Self::default() }
    }

    /// Only a new key for this device.
    pub fn refresh() -> Self {
        Self { refresh: true, ..Self::default() }
    }
}

impl Group {
    /// Makes a commit and keeps it pending. Send it; then [`Group::confirm`] when the server accepted it, or apply the
    /// commit that won, which drops this one, and make it anew.
    ///
    /// # Errors
    /// [`MlsError::Pending`] while another waits; [`MlsError::TooLarge`] beyond [`GROUP_DEVICES_MAX`];
    /// [`MlsError::Evicted`]; [`MlsError::Library`] when a device is added that is in the group, or removed that is not.
    pub fn commit(&mut self, cx: &mut Cx<'_, '_>, me: &Me, change: Change) -> Result<Proposed, MlsError> {
        if !self.is_member() {
            return Err(MlsError::Evicted);
        }
        if self.is_pending() {
            return Err(MlsError::Pending);
        }
        if self.mls.members().count() + change.add.len() > GROUP_DEVICES_MAX {
            return Err(MlsError::TooLarge("group"));
        }
        let epoch = self.epoch();
        let waiting = removals_waiting(&self.mls);
        let leaves = change.remove.into_iter().map(|leaf| LeafNodeIndex::new(leaf.0));
        let leaves: Vec<_> = leaves.filter(|leaf| !waiting.contains(leaf)).collect();
        let mls = &mut self.mls;
        let bundle = cx.with(|provider| -> Result<_, MlsError> {
            let builder = mls
                .commit_builder()
                .propose_adds(change.add.into_iter().map(|package| package.0))
                .propose_removals(leaves)
                .force_self_update(change.refresh)
                .load_psks(provider.storage())?
                .build(provider.rand(), provider.crypto(), me, |_| true)?;
            Ok(builder.stage_commit(provider)?)
        })?;
        let (commit, welcome, _) = bundle.into_messages();
        let bytes = |message: openmls::prelude::MlsMessageOut| {
            message.to_bytes().map_err(|error| MlsError::Library(error.to_string()))
        };
        let commit = bytes(commit)?;
        let welcome = welcome.map(bytes).transpose()?;
        self.row.pending = Some(sha256(&commit));
        self.keep(cx)?;
        Ok(Proposed { epoch, commit, welcome })
    }

    /// The server accepted this commit: the group is in its next epoch.
    ///
    /// # Errors
    /// [`MlsError::NothingPending`] when it is not the one that waits: an answer may come late.
    pub fn confirm(&mut self, cx: &mut Cx<'_, '_>, commit: &[u8]) -> Result<(), MlsError> {
        if self.row.pending != Some(sha256(commit)) {
            return Err(MlsError::NothingPending);
        }
        self.merge_own(cx)
    }

    /// Merges the commit that waits.
    pub(super) fn merge_own(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), MlsError> {
        self.row.pending = None;
        // Who joined by an own commit has nothing to merge: the group began in the new epoch and waited.
        if let Some(staged) = self.mls.pending_commit() {
            let refreshed = staged.update_path_leaf_node().is_some();
            let mls = &mut self.mls;
            cx.with(|provider| mls.merge_pending_commit(provider))?;
            self.entered_epoch(cx, refreshed);
        }
        self.keep(cx)
    }

    /// The server refused this commit: as if it had not been made. Proposals of others wait on.
    ///
    /// # Errors
    /// [`MlsError::NothingPending`] when it is not the one that waits: another may have been made before the answer came.
    /// [`MlsError::Pending`] for an own way in: there is no group to go back to, [`Group::forget`] it.
    pub fn withdraw(&mut self, cx: &mut Cx<'_, '_>, commit: &[u8]) -> Result<(), MlsError> {
        if self.row.pending != Some(sha256(commit)) {
            return Err(MlsError::NothingPending);
        }
        if self.mls.pending_commit().is_none() {
            return Err(MlsError::Pending);
        }
        let mls = &mut self.mls;
        cx.with(|provider| mls.clear_pending_commit(provider.storage()))?;
        self.row.pending = None;
        self.keep(cx)
    }

    pub(super) fn entered_epoch(&mut self, cx: &Cx<'_, '_>, refreshed: bool) {
        self.row.epoch_since_ms = cx.now.0;
        if refreshed {
            self.row.refreshed_ms = cx.now.0;
        }
    }
}

/// The leaves that waiting proposals remove: a second removal of the same would make the commit invalid.
fn removals_waiting(mls: &MlsGroup) -> Vec<LeafNodeIndex> {
    mls.pending_proposals()
        .filter_map(|queued| match queued.proposal() {
            Proposal::Remove(remove) => Some(remove.removed()),
            _ => None,
        })
        .collect()
}
