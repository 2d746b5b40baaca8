channels-find = Название или его часть
channels-none = Таких каналов нет
channels-none-help = Создайте канал — его увидит вся команда.
channels-joined = Вы участвуете
