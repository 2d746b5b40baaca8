inbox-title = Inbox
inbox-all = All
inbox-mentions = Mentions
inbox-answers = Replies
inbox-reactions = Reactions
inbox-mentioned = mentions you
inbox-answered = replies to you
inbox-reacted = reacted { $emoji }
inbox-reminded = reminder
inbox-thread = { $count ->
    [one] { $count } reply in a thread
   *[other] { $count } replies in a thread
}
inbox-new = new
inbox-count = { $count ->
    [one] { $count } new in the inbox
   *[other] { $count } new in the inbox
}
inbox-none = Nothing here yet
inbox-none-help = Mentions, replies to you, reactions to your messages, reminders and threads come here.
