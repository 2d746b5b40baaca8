sign-in-title = Вход
sign-in-address = Адрес команды
sign-in-address-help = Адрес сервера или ссылка-приглашение.
sign-in-here = В команду на этом компьютере
