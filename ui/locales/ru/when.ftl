when-today = Сегодня
when-yesterday = Вчера
when-just-now = только что
when-minutes-ago = { $count ->
    [one] { $count } минуту назад
    [few] { $count } минуты назад
   *[many] { $count } минут назад
}
when-hours-ago = { $count ->
    [one] { $count } час назад
    [few] { $count } часа назад
   *[many] { $count } часов назад
}
when-yesterday-at = вчера в { $time }
when-on-day = { $day }
