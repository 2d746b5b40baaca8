forward-title = Forward to
forward-done = { $count ->
    [one] Forwarded to { $count } chat
   *[other] Forwarded to { $count } chats
}
forward-poll = A poll of an encrypted chat stays there
forward-poll-why = Its votes are bound to the message itself. Ask the same in the other chat.
