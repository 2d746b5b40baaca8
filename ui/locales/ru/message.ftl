message-actions = Действия с сообщением
message-reply = Ответить
message-react = Добавить реакцию
message-react-with = Реакция { $emoji }
message-more = Ещё
message-edit = Изменить
message-copy = Копировать текст
message-copied = Скопировано
message-copy-code = Копировать код
message-delete = Удалить
message-delete-title = Удалить это сообщение?
message-delete-text = Оно исчезнет у всех в этом чате. Вернуть его будет нельзя.
message-retry = Отправить снова
message-discard = Убрать
message-queued = Ждёт сети
message-sent = Отправлено
message-delivered = Доставлено
message-read = Прочитано
message-failed = Не отправлено
message-edited = изменено
message-deleted = Сообщение удалено
message-unknown = Создано в более новой версии приложения
message-quote-unknown = Сообщение
message-spoiler = Скрытый текст: нажмите, чтобы показать
message-reaction-label = { $emoji }, { $count ->
    [one] { $count } реакция
    [few] { $count } реакции
   *[other] { $count } реакций
}
message-reaction-who = { $names } и ещё { $count ->
    [one] { $count } человек
    [few] { $count } человека
   *[other] { $count } человек
}
note-chat-created = Чат создан — { $by }
note-joined = { $who } теперь в чате
note-added = { $by } добавляет в чат: { $who }
note-left = { $who } больше не в чате
note-removed = { $by } исключает из чата: { $who }
note-renamed = { $by } меняет название чата: «{ $name }»
note-other = В чате что-то изменилось
message-forward = Переслать
message-forwarded-from = Переслано: { $name }
message-pin = Закрепить
message-unpin = Открепить
message-pinned = Закреплено
message-save = Сохранить у себя
message-forget = Убрать из сохранённых
message-saved = Сохранено
message-remove-preview = Убрать карточку ссылки
message-versions = Что было написано раньше
message-versions-none = Прежний текст не сохранился.
note-pinned = { $by }: закреплено сообщение
message-thread = Ответить в ветке
note-encrypted = { $by } включает сквозное шифрование
