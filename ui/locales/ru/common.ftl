common-app-name = Hybrid Messenger
common-people-count = { $count ->
    [one] { $count } участник
    [few] { $count } участника
   *[many] { $count } участников
}
common-loading = Загружаем…
common-close = Закрыть
common-dismiss = Скрыть
common-undo = Вернуть
common-open = Открыть
common-save = Сохранить
common-cancel = Отмена
common-back = Назад
common-copy = Скопировать
common-copied = Скопировано
common-could-not-load = Не удалось загрузить
common-try-again = Попробовать ещё раз
common-new-message = Новое сообщение
common-could-not-start = Приложение не запустилось
