invite-title = Invite to the team
invite-lead = Send the link or show the code. It holds the address, the server’s key and a secret, so the very first connection is already protected.
invite-link = For the app
invite-web = For a browser
invite-qr = Invitation as a QR code
invite-expires = Valid until { $when }, lets in { $count ->
    [one] one person
   *[other] up to { $count } people
}.
invite-failed = The invitation could not be made
invite-title-chat = Invite to this chat
invite-lead-chat = Whoever opens the link comes into the team, if not in it yet, and into this chat.
invite-life = Valid for
invite-hour = 1 hour
invite-day = 1 day
invite-week = 7 days
invite-month = 30 days
invite-uses = Lets in
invite-people = { $count ->
    [one] { $count } person
   *[other] { $count } people
}
invite-approval = Ask first
invite-approval-help = Whoever opens the link waits until someone here lets them in.
invite-decided = Each one waits for your answer.
invite-join = Join by link
invite-paste = Link
invite-paste-help = hybrid://join/… or the address for a browser
invite-asked = You asked to join
invite-asked-help = Someone in “{ $chat }” will let you in. The chat then appears in your list.
