connection-connecting = Подключаемся…
connection-catching-up = Догружаем пропущенное…
connection-offline = Нет связи. Написанное отправится позже.
connection-waiting = { $count ->
    [one] Ждёт отправки: { $count }.
    [few] Ждут отправки: { $count }.
   *[many] Ждут отправки: { $count }.
}
connection-try-now = Повторить
