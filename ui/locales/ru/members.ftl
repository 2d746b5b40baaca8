members-add = Добавить людей
members-manage = Управлять участником
members-make-admin = Сделать администратором
members-make-member = Сделать обычным участником
members-make-read-only = Разрешить только чтение
members-remove = Исключить из чата
