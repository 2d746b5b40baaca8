scheduled-title = Scheduled messages
scheduled-everywhere = All scheduled messages
scheduled-none = Nothing is scheduled
scheduled-help = Write a message and press the clock beside the send button: it goes at the time you choose, even with the app closed.
scheduled-send-later = Send later
scheduled-text = Message text
scheduled-move = Change the time
scheduled-drop = Delete
scheduled-now = Send now
scheduled-unsent = Waiting for the server: it will not be sent until you are connected.
scheduled-done = The message is scheduled
scheduled-count = { $count ->
    [one] { $count } scheduled message
   *[other] { $count } scheduled messages
}
scheduled-refused-count = { $count ->
    [one] { $count } scheduled message was not sent
   *[other] { $count } scheduled messages were not sent
}
