folders-title = Folders
folders-all = All
folders-more = Folder menu
folders-unread = { $count ->
    [one] { $count } chat with something new
   *[other] { $count } chats with something new
}
folders-new = New folder
folders-change = Change folder
folders-left = Move left
folders-right = Move right
folders-delete = Delete folder
folders-deleted = Folder “{ $name }” deleted. Its chats stay.
folders-of-chat = Folders
folders-chat-help = A chat that a folder finds by its rule can be kept out of it here.
folders-none = There are no folders yet. A folder is a tab above the chats.
folders-full = There is no more room in “{ $name }”.
folders-name = Name
folders-name-long = At most { $count } characters
folders-icon = Icon
folders-no-icon = No emoji
folders-rule = Finds by itself
folders-rule-help = Kinds add up; everything else narrows down.
folders-private = Private chats
folders-groups = Groups
folders-channels = Channels
folders-only-unread = Unread only
folders-only-mentions = With mentions only
folders-muted = Muted chats
folders-archived = Archived chats
folders-also = Too
folders-without = Without them
folders-only = Only them
folders-words = Name contains
folders-words-help = All words, in any order
folders-chosen = Chosen chats
folders-nothing = Choose chats or say what the folder finds.
folders-found = { $count ->
    [0] No chats now
    [one] { $count } chat now: { $names }
   *[other] { $count } chats now: { $names }
}
folders-make = Create folder
folders-empty = This folder is empty
folders-empty-help = What fits its rule will show up here.
