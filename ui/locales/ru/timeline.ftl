timeline-label = Сообщения
timeline-loading = Сообщения загружаются…
timeline-begin = Здесь начинается переписка
timeline-empty = Пока нет сообщений
timeline-empty-text = Поздоровайтесь — первое сообщение за вами.
timeline-page-failed = Чтобы загрузить остальные сообщения, нужна сеть.
timeline-try-again = Повторить
timeline-unread = Новые сообщения
timeline-to-latest = К последним сообщениям
timeline-to-latest-unread = К последним: { $count ->
    [one] { $count } непрочитанное сообщение
    [few] { $count } непрочитанных сообщения
   *[other] { $count } непрочитанных сообщений
}
timeline-typing = { $count ->
    [one] { $names } печатает…
   *[other] { $names } печатают…
}
timeline-typing-many = { $count ->
    [one] печатает { $count } человек…
    [few] печатают { $count } человека…
   *[other] печатают { $count } человек…
}
