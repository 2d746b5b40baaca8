teams-title = Teams
teams-add = Add a team
teams-next = Go to the next team
teams-back = Back to { $team }
teams-unread = { $count ->
    [one] { $count } unread message
   *[other] { $count } unread messages
}
