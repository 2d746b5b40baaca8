thread-title = Ветка
thread-list = Ветки
thread-placeholder = Ответить в ветке
thread-replies = { $count ->
    [one] { $count } ответ
    [few] { $count } ответа
   *[many] { $count } ответов
}
thread-unread = Есть новое
thread-none = Веток пока нет
thread-none-help = Здесь собираются ветки, которые вы начали, в которых писали или были упомянуты.
