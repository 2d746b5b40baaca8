//! Bodies about a person's own data: settings of chats, drafts, bookmarks, whatever their devices share.

bodies! {
    /// Body of `put_item`; the later of two devices wins, entry by entry.
    PutItem {
        /// Names the entry, see [`crate::model::Item::key`].
        key: String,
        /// Its new value; `null` takes the entry away.
        #[serde(default)] value: Option<String>,
    }
}
