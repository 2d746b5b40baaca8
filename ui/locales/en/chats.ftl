chats-title = Chats
chats-filter = Find a chat
chats-add = New chat
chats-new-group = Create a group or channel
chats-write-to-person = Write to a person
chats-find-channel = Find a channel
chats-invite = Invite to the team
chats-empty = No chats yet
chats-empty-help = Write to someone on the team or create a group.
chats-nothing-found = Nothing found
chats-nothing-found-help = Try another part of the name.
chats-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
chats-mentioned = You were mentioned
chats-draft = Draft: { $text }
chats-message-deleted = Message deleted
chats-no-messages = No messages yet
chats-you = You
chats-pin = Pin
chats-unpin = Unpin
chats-pinned = Pinned
chats-mute = Mute
chats-mute-hour = Mute for an hour
chats-unmute = Unmute
chats-muted = Muted
chats-notify-all = Notify about everything
chats-notify-mentions = Notify about mentions only
chats-mark-unread = Mark as unread
chats-mark-read = Mark as read
chats-archive = Archive
chats-unarchive = Return from the archive
chats-archive-title = Archive
chats-archive-leave = Back to the chats
chats-mute-8-hours = Mute for 8 hours
chats-mute-day = Mute for a day
chats-mute-week = Mute for a week
