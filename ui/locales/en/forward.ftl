forward-title = Forward to
forward-done = { $count ->
    [one] Forwarded to { $count } chat
   *[other] Forwarded to { $count } chats
}
