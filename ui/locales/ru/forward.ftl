forward-title = Переслать
forward-done = { $count ->
    [one] Переслано в { $count } чат
    [few] Переслано в { $count } чата
   *[many] Переслано в { $count } чатов
}
