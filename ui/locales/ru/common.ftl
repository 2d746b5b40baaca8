common-app-name = Hybrid Messenger
common-people-count = { $count ->
    [one] { $count } участник
    [few] { $count } участника
   *[many] { $count } участников
}
