timeline-label = Messages
timeline-loading = Loading messages…
timeline-begin = This is where the conversation begins
timeline-empty = No messages yet
timeline-empty-text = Say hello: the first message is yours.
timeline-page-failed = The other messages need the network.
timeline-try-again = Try again
timeline-unread = New messages
timeline-to-latest = To the latest
timeline-to-latest-unread = To the latest, { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
timeline-typing = { $count ->
    [one] { $names } is typing…
   *[other] { $names } are typing…
}
timeline-typing-many = { $count ->
    [one] { $count } person is typing…
   *[other] { $count } people are typing…
}
