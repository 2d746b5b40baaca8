host-lead = Сервер запустится внутри приложения. Пока оно работает (и в трее тоже), команда на связи. Всё хранится в одной папке на этом компьютере.
host-name = Как называется команда
host-name-example = Например: Маяк
host-port = Порт
host-port-any = любой свободный
host-port-help = Можно не заполнять.
host-port-bad = Число от 1024 до 65535
host-start = Запустить
host-starting = Запускаем сервер…
host-continues = На этом компьютере уже есть команда. Она продолжит с того же места.
host-running = «{ $name }» работает: { $address }
host-account-title = Команда готова
host-account-lead = Создайте первую учётную запись — она станет владельцем команды.
host-invite = Приглашение
host-connected = { $count ->
    [0] Никто не подключён
    [one] Подключён { $count } человек
    [few] Подключены { $count } человека
   *[many] Подключено { $count } человек
}
host-devices = { $count ->
    [one] { $count } устройство
    [few] { $count } устройства
   *[many] { $count } устройств
}
host-about = О сервере
host-addresses = Адреса
host-tcp = Порт TCP
host-fingerprint = Отпечаток ключа
host-since = Работает с
host-folder = Папка с данными
host-sees = Сервер видит, кто, когда и сколько пишет. Каналы хранятся на нём открытым текстом.
host-open-folder = Открыть папку
host-stop = Остановить
