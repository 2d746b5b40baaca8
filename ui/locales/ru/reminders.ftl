reminders-title = Напоминания
reminders-remind = Напомнить
reminders-move = Другое время
reminders-done = Готово
reminders-kept = Напомним
reminders-unsent = Ждёт связи с сервером: пока её нет, напоминания не будет.
reminders-rang = Напоминание
reminders-count = { $count ->
    [one] { $count } напоминание
    [few] { $count } напоминания
   *[many] { $count } напоминаний
}
