//! Another suite for a group: a new group that continues it. (The library does not do MLS's own re-initialisation.)
//!
//! The successor names its predecessor, the epoch it left it in, and that epoch's authenticator, in its context, so that
//! every member who enters can see that it continues the same group and not a fork of it.

use openmls::prelude::{Extension, Extensions, GroupContext, UnknownExtension};
use serde::{Deserialize, Serialize};

use super::state::{decode, encode};
use super::{Agreement, Authenticator, Cx, Group, GroupId, Me, MlsError, Plan};

/// The group context extension that says where a group comes from; from the range for private use.
pub(super) const ORIGIN_EXTENSION: u16 = 0xF1A0;

/// The group that a group continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predecessor {
    /// Which.
    pub group: GroupId,
    /// Where it was left.
    pub at: Authenticator,
}

#[derive(Serialize, Deserialize)]
struct Origin {
    group: Vec<u8>,
    epoch: u64,
    authenticator: Vec<u8>,
}

impl Predecessor {
    pub(super) fn extension(&self) -> Extension {
        let origin =
            Origin { group: self.group.bytes().to_vec(), epoch: self.at.epoch, authenticator: self.at.bytes.clone() };
        let bytes = encode(&origin).map(|bytes| bytes.to_vec()).unwrap_or_default();
        Extension::Unknown(ORIGIN_EXTENSION, UnknownExtension(bytes))
    }

    pub(super) fn of(extensions: &Extensions<GroupContext>) -> Result<Option<Self>, MlsError> {
        let Some(extension) = extensions.unknown(ORIGIN_EXTENSION) else { return Ok(None) };
        let malformed = MlsError::Malformed("origin of a group");
        let Ok(origin) = decode::<Origin>(&extension.0) else { return Err(malformed) };
        let group = GroupId::new(origin.group).ok_or(malformed)?;
        Ok(Some(Self { group, at: Authenticator { epoch: origin.epoch, bytes: origin.authenticator } }))
    }

    /// Whether this is where our group is.
    pub(super) fn check(&self, ours: &Group) -> Result<(), MlsError> {
        match ours.compare(&self.at) {
            Agreement::Same => Ok(()),
            Agreement::OtherEpoch if self.at.epoch > ours.epoch() => Err(MlsError::NotYet),
            _ => Err(MlsError::WrongPredecessor),
        }
    }

    /// Marks our group as continued by `successor`.
    pub(super) fn close(&self, cx: &mut Cx<'_, '_>, successor: &GroupId) -> Result<(), MlsError> {
        let Some(mut ours) = Group::load(cx, &self.group)? else { return Ok(()) };
        ours.row.successor = Some(successor.clone());
        ours.keep(cx)
    }
}

impl Group {
    /// The group that continues this one, once it is known.
    pub fn successor(&self) -> Option<&GroupId> {
        self.row.successor.as_ref()
    }

    /// A new group that continues this one, with another suite, say. Add everybody else with one
    /// [`super::Change::add`]; this group is done when the server has accepted that.
    ///
    /// # Errors
    /// [`MlsError::Pending`], [`MlsError::Evicted`], and those of [`Group::create`].
    pub fn succeed(&mut self, cx: &mut Cx<'_, '_>, me: &Me, plan: &Plan) -> Result<Group, MlsError> {
        if !self.is_member() {
            return Err(MlsError::Evicted);
        }
        if self.is_pending() {
            return Err(MlsError::Pending);
        }
        let predecessor = Predecessor { group: self.id()?, at: self.authenticator() };
        let successor = Self::create_from(cx, me, plan, Some(&predecessor))?;
        self.row.successor = Some(plan.id.clone());
        self.keep(cx)?;
        Ok(successor)
    }
}
