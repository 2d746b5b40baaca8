folders-title = Папки
folders-all = Все
folders-more = Меню папки
folders-unread = { $count ->
    [one] { $count } чат с новым
    [few] { $count } чата с новым
   *[many] { $count } чатов с новым
}
folders-new = Новая папка
folders-change = Изменить папку
folders-left = Сдвинуть влево
folders-right = Сдвинуть вправо
folders-delete = Удалить папку
folders-deleted = Папка «{ $name }» удалена. Чаты остались.
folders-of-chat = Папки
folders-chat-help = Чат, который папка находит сама, здесь можно из неё убрать.
folders-none = Папок пока нет. Папка — это вкладка над списком чатов.
folders-full = В папке «{ $name }» больше нет места.
folders-name = Название
folders-name-long = Не длиннее { $count } знаков
folders-icon = Значок
folders-no-icon = Без эмодзи
folders-rule = Находит сама
folders-rule-help = Виды чатов складываются, всё остальное сужает выбор.
folders-private = Личные
folders-groups = Группы
folders-channels = Каналы
folders-only-unread = Только непрочитанные
folders-only-mentions = Только с упоминаниями
folders-muted = Чаты без уведомлений
folders-archived = Чаты из архива
folders-also = Тоже
folders-without = Кроме них
folders-only = Только они
folders-words = В названии есть
folders-words-help = Все слова, в любом порядке
folders-chosen = Выбранные чаты
folders-nothing = Выберите чаты или укажите, что папка находит сама.
folders-found = { $count ->
    [0] Сейчас ни одного чата
    [one] Сейчас { $count } чат: { $names }
    [few] Сейчас { $count } чата: { $names }
   *[many] Сейчас { $count } чатов: { $names }
}
folders-make = Создать папку
folders-empty = В этой папке пусто
folders-empty-help = Здесь появится то, что подходит под её правило.
