switcher-find = Чат или человек
