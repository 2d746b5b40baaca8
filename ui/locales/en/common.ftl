common-app-name = Hybrid Messenger
common-people-count = { $count ->
    [one] { $count } member
   *[other] { $count } members
}
