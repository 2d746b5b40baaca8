members-add = Добавить людей
members-manage = Управлять участником
members-make-admin = Сделать администратором
members-make-member = Сделать обычным участником
members-make-read-only = Разрешить только чтение
members-remove = Исключить из чата
members-give = Сделать владельцем
members-give-question = Чат перейдёт к этому человеку: { $name }. Вы станете администратором, и вернуть чат сможет только новый владелец.
members-waiting = Хотят войти
members-waiting-answer = Ответить: { $name }
members-waiting-count = { $count ->
    [one] { $count } человек хочет войти
    [few] { $count } человека хотят войти
   *[many] { $count } человек хотят войти
}
members-waiting-show = Показать
members-accept = Впустить
members-refuse = Отказать
members-add-past = Они увидят и то, что сказано раньше: это передаст ваше устройство.
members-add-no-past = Они увидят только то, что скажут после их прихода.
