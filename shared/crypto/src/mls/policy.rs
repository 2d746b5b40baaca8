//! What this device allows. The server orders commits and cannot judge them; every device does, by its own rules.

use super::Device;

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A member.
    Device(Device),
    /// The server, through the key that the group was made with.
    Server,
}

/// A change to who can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The device enters.
    Add(Device),
    /// The device leaves.
    Remove(Device),
    /// The device comes back by itself with new keys, its old leaf goes: after a loss of state, say.
    Rejoin(Device),
}

/// The rules. Asked for everything that comes in, after signatures were checked.
pub trait Policy {
    /// Is this the key by which we know this person? A new person's key is remembered by the caller when it says yes.
    fn knows(&self, device: &Device) -> bool;

    /// May `by` do this? (Roles, invitations, and that a device's person belongs into the chat.)
    fn allows(&self, by: &Actor, step: &Step) -> bool;
}
