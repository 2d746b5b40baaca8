inbox-title = Входящие
inbox-all = Всё
inbox-mentions = Упоминания
inbox-answers = Ответы
inbox-reactions = Реакции
inbox-mentioned = упоминает вас
inbox-answered = отвечает вам
inbox-reacted = реакция { $emoji }
inbox-reminded = напоминание
inbox-thread = { $count ->
    [one] { $count } ответ в обсуждении
    [few] { $count } ответа в обсуждении
   *[many] { $count } ответов в обсуждении
}
inbox-new = новое
inbox-count = { $count ->
    [one] { $count } новое во входящих
    [few] { $count } новых во входящих
   *[many] { $count } новых во входящих
}
inbox-none = Здесь пока пусто
inbox-none-help = Сюда приходят упоминания, ответы вам, реакции на ваши сообщения, напоминания и обсуждения.
