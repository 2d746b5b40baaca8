message-actions = Message actions
message-reply = Reply
message-react = Add a reaction
message-react-with = React with { $emoji }
message-more = More
message-edit = Edit
message-copy = Copy text
message-copied = Copied
message-copy-code = Copy code
message-delete = Delete
message-delete-title = Delete this message?
message-delete-text = It disappears for everyone in this chat. This cannot be undone.
message-retry = Send again
message-discard = Discard
message-queued = Waiting for the network
message-sent = Sent
message-delivered = Delivered
message-read = Read
message-failed = Not sent
message-edited = edited
message-deleted = Message deleted
message-unknown = Made by a newer version of the app
message-quote-unknown = Message
message-spoiler = Hidden text: press to show
message-reaction-label = { $emoji }, { $count ->
    [one] { $count } reaction
   *[other] { $count } reactions
}
message-reaction-who = { $names } and { $count ->
    [one] { $count } more
   *[other] { $count } more
}
note-chat-created = { $by } created the chat
note-joined = { $who } joined
note-added = { $by } added { $who }
note-left = { $who } left
note-removed = { $by } removed { $who }
note-renamed = { $by } renamed the chat to “{ $name }”
note-other = Something changed in the chat
message-forward = Forward
message-forwarded-from = Forwarded from { $name }
message-pin = Pin
message-unpin = Unpin
message-pinned = Pinned
message-save = Save for myself
message-forget = Remove from saved
message-saved = Saved
message-remove-preview = Remove link preview
message-versions = What it said before
message-versions-none = Nothing is known of what it said before.
note-pinned = { $by } pinned a message
message-thread = Reply in thread
note-encrypted = { $by } turned on end-to-end encryption
