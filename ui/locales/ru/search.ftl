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
search-more = Показать ещё
search-only-here = Нет связи с сервером: найдено только то, что есть на этом устройстве.
search-narrow = Уточнить поиск
search-from = От кого
search-in = В чате
search-file = С файлом
search-link = Со ссылкой
search-poll = С опросом
search-after = После даты
search-before = До даты
search-word-from = от:
search-word-in = в:
search-word-file = есть:файл
search-word-link = есть:ссылка
search-word-poll = есть:опрос
search-word-after = после:
search-word-before = до:
