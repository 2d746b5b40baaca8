//! Bodies about end-to-end encryption: devices and their key packages, commits.

use crate::encryption::Handshake;
use crate::id::{ChatId, DeviceId, UserId};

bodies! {
    /// Body of `publish_keys`: makes this log-in a device that can be added to groups, and gives it key packages.
    PublishKeys {
        /// The random number that the device gave itself: 32 hexadecimal digits.
        device_id: DeviceId,
        /// The public half of the person's key (32 bytes, base64). The first device of a person sets it.
        person: String,
        /// One-time key packages, base64, at most [`crate::limits::KEYS_AT_ONCE_MAX`].
        #[serde(default)] keys: Vec<String>,
        /// The key package of last resort, base64; a new device needs one.
        #[serde(default, skip_serializing_if = "Option::is_none")] last_resort: Option<String>,
        /// The person lost the key: this one takes its place, and all other devices are removed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")] reset: bool,
    }
    /// Names a device.
    DeviceRef {
        /// Which.
        device_id: DeviceId,
    }
    /// Body of `hand_past`: what was said in an encrypted group before someone came, for them alone.
    HandPast {
        /// The group; its rights must let newcomers have the past.
        chat_id: ChatId,
        /// Who came.
        user_id: UserId,
        /// Which part: what follows `past:CHAT_ID:` in the entry that they get, see [`crate::encryption::PAST`].
        key: String,
        /// Sealed; at most [`crate::limits::ITEM_VALUE_BYTES_MAX`].
        value: String,
    }
    /// Body of `keys`: what is needed to add devices to a chat's group.
    Keys {
        /// The chat.
        chat_id: ChatId,
        /// The group that is there; 0 for none yet.
        generation: u32,
        /// Its epoch.
        epoch: u64,
        /// One for each device that is not in it, as many as fit.
        keys: Vec<ClaimedKey>,
        /// There are more such devices.
        #[serde(default)] more: bool,
        /// Members without any device.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] without: Vec<UserId>,
    }
    /// A key package of a device.
    ClaimedKey {
        /// Which device.
        device_id: DeviceId,
        /// Whose.
        user_id: UserId,
        /// The key package, base64.
        content: String,
    }
    /// Body of `commit`: ends an epoch of a chat's group, or begins a group.
    Commit {
        /// The chat.
        chat_id: ChatId,
        /// This device.
        device_id: DeviceId,
        /// The group: the present one, or the next to begin one (with epoch 0).
        generation: u32,
        /// The epoch that it ends.
        epoch: u64,
        /// The commit, base64.
        content: String,
        /// The welcome for those who are added, base64.
        #[serde(default, skip_serializing_if = "Option::is_none")] welcome: Option<String>,
        /// Devices that it adds.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] added: Vec<DeviceId>,
        /// Devices that it removes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")] removed: Vec<DeviceId>,
    }
    /// Body of `commit_accepted`: on disk; the commit itself comes as a row.
    CommitAccepted {
        /// The chat.
        chat_id: ChatId,
        /// The group.
        generation: u32,
        /// The epoch that begins.
        epoch: u64,
        /// The revision of the commit's row.
        rev: u64,
    }
    /// Body of `list_commits`.
    ListCommits {
        /// The chat.
        chat_id: ChatId,
        /// The group.
        generation: u32,
        /// From the commit that ended this epoch on.
        from_epoch: u64,
    }
    /// Body of `commits`.
    Commits {
        /// The chat.
        chat_id: ChatId,
        /// By epoch, without holes, as many as fit.
        commits: Vec<Handshake>,
        /// There are more.
        #[serde(default)] more: bool,
    }
}
