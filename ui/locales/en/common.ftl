common-app-name = Hybrid Messenger
common-people-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
common-loading = Loading…
common-close = Close
common-dismiss = Dismiss
common-undo = Undo
common-open = Open
common-save = Save
common-cancel = Cancel
common-back = Back
common-copy = Copy
common-copied = Copied
common-could-not-load = Could not load this
common-try-again = Try again
common-new-message = New message
common-could-not-start = The app did not start
