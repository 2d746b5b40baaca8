//! A group as one device sees it: who can read, in which epoch, and what the epoch's secrets give.

use openmls::group::{GroupId as LibraryGroupId, MlsGroup};
use openmls::prelude::{
    Capabilities, CredentialType, Extension, ExtensionType, Extensions, GroupContext, LeafNodeIndex, Lifetime,
    ProtocolVersion,
};
use openmls_traits::OpenMlsProvider as _;
use sql::params;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::state::encode;
use super::successor::ORIGIN_EXTENSION;
use super::{Cx, Device, Me, MlsError, Predecessor, Retention, ServerKey, Suite, rows};
use crate::Key;

/// Longest group id, in bytes.
const GROUP_ID_BYTES_MAX: usize = 64;

/// The id of a group on the wire: the chat and which of its groups, say. Not secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(Vec<u8>);

/// A place in the group's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leaf(pub u32);

/// A device that can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Where in the tree.
    pub leaf: Leaf,
    /// Which device of whom.
    pub device: Device,
}

/// How a new group is made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The group's id.
    pub id: GroupId,
    /// Its suite, for life.
    pub suite: Suite,
    /// What is kept for late messages.
    pub retention: Retention,
    /// Who may propose removals from outside: the server. `None` for nobody.
    pub server: Option<ServerKey>,
}

/// What members of one epoch share and nobody else knows: two that differ have forked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticator {
    /// Of which epoch.
    pub epoch: u64,
    /// The value.
    pub bytes: Vec<u8>,
}

/// What comparing two authenticators says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Both are in the same epoch of the same group.
    Same,
    /// Same epoch, different secrets: the group has forked.
    Forked,
    /// Another epoch: says nothing.
    OtherEpoch,
}

/// A group. A cache of the database: drop it when the transaction that changed it is rolled back.
pub struct Group {
    pub(super) mls: MlsGroup,
    pub(super) row: Row,
}

/// What we keep of a group beside the library's state.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) suite: Suite,
    pub(super) epoch_since_ms: i64,
    pub(super) refreshed_ms: i64,
    pub(super) pending: Option<[u8; 32]>,
    pub(super) successor: Option<GroupId>,
}

impl GroupId {
    /// From 1 to 64 bytes; anything else is `None`.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (1..=GROUP_ID_BYTES_MAX).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn of_library(id: &LibraryGroupId) -> Result<Self, MlsError> {
        Self::new(id.as_slice()).ok_or(MlsError::Malformed("group id"))
    }
}

/// What every leaf of ours can do. A leaf lists both suites: it may be invited to groups of either.
pub(super) fn capabilities() -> Capabilities {
    Capabilities::builder()
        .versions(vec![ProtocolVersion::Mls10])
        .ciphersuites(Suite::ALL.into_iter().map(Suite::library).collect())
        .extensions(vec![ExtensionType::LastResort, ExtensionType::Unknown(ORIGIN_EXTENSION)])
        .credentials(vec![CredentialType::Basic])
        .build()
}

/// A key package's life is measured by its owner, who deletes the secret half; the clocks of others may be years off.
pub(super) fn lifetime() -> Lifetime {
    Lifetime::init(0, u64::MAX)
}

impl Group {
    /// A new group with this device alone in it.
    ///
    /// # Errors
    /// [`MlsError::AlreadyMember`] when a group of this id is here; [`MlsError::Store`].
    pub fn create(cx: &mut Cx<'_, '_>, me: &Me, plan: &Plan) -> Result<Self, MlsError> {
        Self::create_from(cx, me, plan, None)
    }

    pub(super) fn create_from(
        cx: &mut Cx<'_, '_>,
        me: &Me,
        plan: &Plan,
        predecessor: Option<&Predecessor>,
    ) -> Result<Self, MlsError> {
        if Row::load(cx, &plan.id)?.is_some() {
            return Err(MlsError::AlreadyMember);
        }
        let mut extensions = Vec::new();
        if let Some(server) = &plan.server {
            extensions.push(Extension::ExternalSenders(vec![server.sender()]));
        }
        if let Some(predecessor) = predecessor {
            extensions.push(predecessor.extension());
        }
        let extensions: Extensions<GroupContext> =
            Extensions::from_vec(extensions).map_err(|error| MlsError::Library(error.to_string()))?;
        let mls = cx.with(|provider| {
            MlsGroup::builder()
                .with_group_id(LibraryGroupId::from_slice(plan.id.bytes()))
                .ciphersuite(plan.suite.library())
                .with_capabilities(capabilities())
                .lifetime(lifetime())
                .with_group_context_extensions(extensions)
                .with_wire_format_policy(openmls::group::PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
                .padding_size(super::PADDING_BYTES)
                .max_past_epochs(plan.retention.past_epochs)
                .sender_ratchet_configuration(plan.retention.sender_ratchets())
                .use_ratchet_tree_extension(true)
                .build(provider, me, me.credential())
        })?;
        Self::keep_new(cx, mls, None)
    }

    /// Keeps a group that was just made or joined.
    pub(super) fn keep_new(cx: &mut Cx<'_, '_>, mls: MlsGroup, pending: Option<[u8; 32]>) -> Result<Self, MlsError> {
        let suite = Suite::of_library(mls.ciphersuite())?;
        let now = cx.now.0;
        let group = Self { mls, row: Row { suite, epoch_since_ms: now, refreshed_ms: now, pending, successor: None } };
        group.keep(cx)?;
        Ok(group)
    }

    /// The group of this id; `None` when this device has none.
    ///
    /// # Errors
    /// [`MlsError::Store`], [`MlsError::Corrupt`].
    pub fn load(cx: &mut Cx<'_, '_>, id: &GroupId) -> Result<Option<Self>, MlsError> {
        let Some(row) = Row::load(cx, id)? else { return Ok(None) };
        let library_id = LibraryGroupId::from_slice(id.bytes());
        let mls = cx.with(|provider| MlsGroup::load(provider.storage(), &library_id))?;
        let mls = mls.ok_or_else(|| MlsError::Corrupt("a group without its state".into()))?;
        Ok(Some(Self { mls, row }))
    }

    /// Deletes the group from this device: all its keys. The others are told nothing.
    ///
    /// # Errors
    /// [`MlsError::Store`].
    pub fn forget(mut self, cx: &mut Cx<'_, '_>) -> Result<(), MlsError> {
        let id = self.id()?;
        cx.with(|provider| self.mls.delete(provider.storage()))?;
        // Whatever else there is: keys of older epochs, say.
        let owner = encode(self.mls.group_id()).map_err(|error| MlsError::Library(error.to_string()))?;
        rows::clear_owner(cx.tx, &owner)?;
        cx.tx.execute("DELETE FROM mls_groups WHERE id = ?1", params![id.bytes()])?;
        Ok(())
    }

    /// The group's id.
    ///
    /// # Errors
    /// [`MlsError::Malformed`] for a group of others' making with an id beyond our bound; such a group is not joined.
    pub fn id(&self) -> Result<GroupId, MlsError> {
        GroupId::of_library(self.mls.group_id())
    }

    /// The suite.
    pub fn suite(&self) -> Suite {
        self.row.suite
    }

    /// The epoch: how many commits were applied.
    pub fn epoch(&self) -> u64 {
        self.mls.epoch().as_u64()
    }

    /// This device is in the group: it was not removed.
    pub fn is_member(&self) -> bool {
        self.mls.is_active()
    }

    /// An own commit waits for the server's word.
    pub fn is_pending(&self) -> bool {
        self.row.pending.is_some()
    }

    /// Proposals (the server's removals) wait for a commit; nothing can be sent before.
    pub fn has_proposals(&self) -> bool {
        self.mls.has_pending_proposals()
    }

    /// Every device that can read what is sent now, this one too.
    ///
    /// # Errors
    /// [`MlsError::NotAttested`]: cannot be, they were checked when they entered.
    pub fn readers(&self) -> Result<Vec<Reader>, MlsError> {
        self.mls
            .members()
            .map(|member| Ok(Reader { leaf: Leaf(member.index.u32()), device: Device::read(&member.credential)? }))
            .collect()
    }

    /// The device at a leaf.
    pub(super) fn device_at(&self, leaf: LeafNodeIndex) -> Result<Device, MlsError> {
        let member = self.mls.member_at(leaf).ok_or(MlsError::NotAuthentic("an empty leaf".into()))?;
        Device::read(&member.credential)
    }

    /// What this epoch's members share: to be compared with others' to find a fork.
    pub fn authenticator(&self) -> Authenticator {
        Authenticator { epoch: self.epoch(), bytes: self.mls.epoch_authenticator().as_slice().to_vec() }
    }

    /// Compares with what another member says of its epoch.
    pub fn compare(&self, theirs: &Authenticator) -> Agreement {
        let ours = self.authenticator();
        if ours.epoch != theirs.epoch {
            return Agreement::OtherEpoch;
        }
        if ours.bytes.ct_eq(&theirs.bytes).into() { Agreement::Same } else { Agreement::Forked }
    }

    /// A key that only the members of this epoch can have: for a backup of the history, a call, a shared file. Keep it
    /// when it is needed later; it cannot be had again once the epoch is over.
    ///
    /// # Errors
    /// [`MlsError::Evicted`].
    pub fn export_key(&self, cx: &mut Cx<'_, '_>, label: &str, context: &[u8]) -> Result<Key, MlsError> {
        if !self.is_member() {
            return Err(MlsError::Evicted);
        }
        let secret = cx.with(|provider| {
            self.mls
                .export_secret(provider.crypto(), label, context, 32)
                .map(Zeroizing::new)
                .map_err(|error| MlsError::Library(error.to_string()))
        })?;
        let bytes = <[u8; 32]>::try_from(secret.as_slice()).map_err(|_| MlsError::Library("exporter".into()))?;
        Ok(Key::from_bytes(bytes))
    }

    /// Writes the row after a change.
    pub(super) fn keep(&self, cx: &mut Cx<'_, '_>) -> Result<(), MlsError> {
        let (id, row) = (self.id()?, &self.row);
        let successor = row.successor.as_ref().map(GroupId::bytes);
        cx.tx.execute(
            "INSERT INTO mls_groups (id, suite, epoch, epoch_since_ms, refreshed_ms, pending, successor)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET suite = excluded.suite, epoch = excluded.epoch,
             epoch_since_ms = excluded.epoch_since_ms, refreshed_ms = excluded.refreshed_ms,
             pending = excluded.pending, successor = excluded.successor",
            params![
                id.bytes(),
                row.suite.wire_id(),
                self.epoch(),
                row.epoch_since_ms,
                row.refreshed_ms,
                row.pending,
                successor
            ],
        )?;
        Ok(())
    }
}

impl Row {
    pub(super) fn load(cx: &mut Cx<'_, '_>, id: &GroupId) -> Result<Option<Self>, MlsError> {
        let found = cx.tx.row(
            "SELECT suite, epoch_since_ms, refreshed_ms, pending, successor FROM mls_groups WHERE id = ?1",
            params![id.bytes()],
            |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.opt_blob(3)?, row.opt_blob(4)?)),
        )?;
        let Some((suite, epoch_since_ms, refreshed_ms, pending, successor)) = found else { return Ok(None) };
        let corrupt = |what: &str| MlsError::Corrupt(what.to_owned());
        let pending = pending.map(<[u8; 32]>::try_from).transpose().map_err(|_| corrupt("pending commit"))?;
        Ok(Some(Self {
            suite: Suite::of_wire_id(u16::try_from(suite).map_err(|_| corrupt("suite"))?)?,
            epoch_since_ms,
            refreshed_ms,
            pending,
            successor: successor.and_then(GroupId::new),
        }))
    }
}
