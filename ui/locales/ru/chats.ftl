chats-title = Чаты
chats-filter = Найти чат
chats-add = Новый чат
chats-new-group = Создать группу или канал
chats-write-to-person = Написать человеку
chats-find-channel = Найти канал
chats-invite = Пригласить в команду
chats-empty = Пока ни одного чата
chats-empty-help = Напишите кому-нибудь из команды или создайте группу.
chats-nothing-found = Ничего не нашлось
chats-nothing-found-help = Попробуйте другую часть названия.
chats-unread = { $count ->
    [one] { $count } непрочитанное сообщение
    [few] { $count } непрочитанных сообщения
   *[many] { $count } непрочитанных сообщений
}
chats-mentioned = Вас упомянули
chats-draft = Черновик: { $text }
chats-message-deleted = Сообщение удалено
chats-no-messages = Сообщений пока нет
chats-you = Вы
chats-pin = Закрепить
chats-unpin = Открепить
chats-pinned = Закреплён
chats-mute = Отключить уведомления
chats-mute-hour = Отключить уведомления на час
chats-unmute = Включить уведомления
chats-muted = Без уведомлений
chats-notify-all = Уведомлять обо всём
chats-notify-mentions = Уведомлять только об упоминаниях
chats-mark-unread = Пометить непрочитанным
chats-mark-read = Пометить прочитанным
chats-archive = В архив
chats-unarchive = Вернуть из архива
chats-archive-title = Архив
chats-archive-leave = К чатам
chats-mute-8-hours = Отключить уведомления на 8 часов
chats-mute-day = Отключить уведомления на сутки
chats-mute-week = Отключить уведомления на неделю
