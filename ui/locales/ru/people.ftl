people-online = в сети
people-away = нет на месте
people-dnd = не беспокоить
people-offline = не в сети
people-deactivated = учётная запись закрыта
people-last-seen = был(а) { $when }
people-typing = печатает…
people-typing-one = { $name } печатает…
people-typing-two = { $one } и { $two } печатают…
people-typing-many = { $count ->
    [one] печатает { $count } человек…
    [few] печатают { $count } человека…
   *[many] печатают { $count } человек…
}
people-role-read-only = только чтение
people-role-member = участник
people-role-admin = администратор
people-role-owner = владелец
people-own-notes = Мои заметки
people-find = Имя или его часть
people-nobody = Никого не нашлось
people-nobody-help = Попробуйте другую часть имени или пригласите человека.
people-chosen = Выбраны
people-take-out = Убрать: { $name }
people-write = Написать
people-about = О себе
people-status = Сейчас
people-username = Имя для входа
people-not-found = Такого человека здесь нет
people-recently = был(а) недавно
people-email = Почта
people-phone = Телефон
