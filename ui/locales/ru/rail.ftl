rail-title = Разделы
rail-people = Люди
rail-resize = Ширина списка чатов
rail-nothing-open = Выберите чат
rail-nothing-open-help = Или найдите человека, чат или слово.
search-title = Поиск
