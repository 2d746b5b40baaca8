search-in-chat = Искать в этом чате
search-everywhere = Искать во всех чатах
search-count = { $count ->
    [0] Ничего
    [one] Найдено { $count } сообщение
    [few] Найдено { $count } сообщения
   *[many] Найдено { $count } сообщений
}
search-failed = Искать не получилось
search-start = Что найти?
search-start-help = Достаточно начала слова. Ищем и без сети.
search-nothing = Ничего не нашлось
search-nothing-help = Попробуйте другое слово или его начало.
