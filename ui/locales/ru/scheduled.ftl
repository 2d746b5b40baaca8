scheduled-title = Отложенные сообщения
scheduled-everywhere = Все отложенные сообщения
scheduled-none = Отложенных сообщений нет
scheduled-help = Напишите сообщение и нажмите часы рядом с кнопкой отправки: оно уйдёт в выбранное время, даже если приложение закрыто.
scheduled-send-later = Отправить позже
scheduled-text = Текст сообщения
scheduled-move = Изменить время
scheduled-drop = Удалить
scheduled-now = Отправить сейчас
scheduled-unsent = Ждёт связи с сервером: пока её нет, сообщение не уйдёт.
scheduled-done = Сообщение отложено
scheduled-count = { $count ->
    [one] { $count } отложенное сообщение
    [few] { $count } отложенных сообщения
   *[many] { $count } отложенных сообщений
}
scheduled-refused-count = { $count ->
    [one] { $count } отложенное сообщение не отправлено
    [few] { $count } отложенных сообщения не отправлены
   *[many] { $count } отложенных сообщений не отправлено
}
