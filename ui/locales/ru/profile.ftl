profile-edit = Изменить профиль
profile-name = Имя, которое видят другие
profile-status-example = Например: на обеде до двух
profile-saved = Профиль сохранён
profile-contact-help = Кто это видит, решаете вы: раздел «Приватность».
profile-contact-wrong = Проверьте почту и телефон: так до вас не добраться.
