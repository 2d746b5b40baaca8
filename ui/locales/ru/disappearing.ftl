disappearing-title = Исчезающие сообщения
disappearing-about = Новые сообщения этого чата исчезнут у всех, когда пройдёт выбранное время. Написанное раньше останется.
disappearing-off = Выключено
disappearing-own = Другое время
disappearing-count = Сколько
disappearing-unit = Единица
disappearing-unit-days = дней
disappearing-unit-hours = часов
disappearing-unit-minutes = минут
disappearing-unit-seconds = секунд
disappearing-weeks = { $count ->
    [one] { $count } неделя
    [few] { $count } недели
   *[many] { $count } недель
}
disappearing-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
disappearing-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
}
disappearing-minutes = { $count ->
    [one] { $count } минута
    [few] { $count } минуты
   *[many] { $count } минут
}
disappearing-seconds = { $count ->
    [one] { $count } секунда
    [few] { $count } секунды
   *[many] { $count } секунд
}
disappearing-here = Сообщения исчезают, срок: { $length }
disappearing-at = Исчезнет: { $time }
note-disappearing = { $by } включает исчезающие сообщения, срок: { $length }
note-disappearing-off = { $by } выключает исчезающие сообщения
