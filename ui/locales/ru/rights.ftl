rights-title = Права участников
rights-post = Кто пишет
rights-pin = Кто закрепляет сообщения
rights-invite = Кто добавляет людей и приглашает
rights-members = Все участники
rights-admins = Администраторы
rights-owner = Только владелец
rights-everyone = Кто упоминает всех: @all, @here
