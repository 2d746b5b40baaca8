teams-title = Команды
teams-add = Добавить команду
teams-next = К следующей команде
teams-back = Назад в «{ $team }»
teams-unread = { $count ->
    [one] { $count } непрочитанное сообщение
    [few] { $count } непрочитанных сообщения
   *[many] { $count } непрочитанных сообщений
}
