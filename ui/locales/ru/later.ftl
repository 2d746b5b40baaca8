later-hour = Через час
later-evening = Сегодня вечером
later-tomorrow = Завтра утром
later-monday = В понедельник утром
later-exact = Дата и время
later-choose = Готово
