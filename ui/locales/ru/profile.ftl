profile-edit = Изменить профиль
profile-name = Имя, которое видят другие
profile-status-example = Например: на обеде до двух
profile-saved = Профиль сохранён
