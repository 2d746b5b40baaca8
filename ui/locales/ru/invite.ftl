invite-title = Пригласить в команду
invite-lead = Отправьте ссылку или покажите код. В нём адрес, ключ сервера и секрет, поэтому первое подключение уже защищено.
invite-link = Для приложения
invite-web = Для браузера
invite-qr = Приглашение в виде QR-кода
invite-expires = Истекает: { $when }. Впустит { $count ->
    [one] { $count } человека
    [few] до { $count } человек
   *[many] до { $count } человек
}.
invite-failed = Приглашение не создалось
invite-title-chat = Приглашение в чат
invite-lead-chat = Кто откроет ссылку, попадёт в команду, если ещё не в ней, и в этот чат.
invite-life = Действует
invite-hour = 1 час
invite-day = 1 день
invite-week = 7 дней
invite-month = 30 дней
invite-uses = Впустит
invite-people = { $count ->
    [one] { $count } человека
    [few] { $count } человек
   *[many] { $count } человек
}
invite-approval = Сначала спросить
invite-approval-help = Кто откроет ссылку, будет ждать, пока его впустят.
invite-decided = Каждый ждёт вашего ответа.
invite-join = Войти по ссылке
invite-paste = Ссылка
invite-paste-help = hybrid://join/… или адрес для браузера
invite-asked = Заявка отправлена
invite-asked-help = Кто-нибудь из чата «{ $chat }» вас впустит, и чат появится в списке.
