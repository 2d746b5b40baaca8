poll-new = Новый опрос
poll-create = Создать опрос
poll-question = Вопрос
poll-answers = Варианты ответа
poll-answer = Вариант { $number }
poll-answer-long = Не длиннее 100 символов
poll-answer-twice = Такой вариант уже есть
poll-wish-anonymous = Анонимный
poll-wish-anonymous-help = Никто не увидит, кто как проголосовал
poll-wish-anonymous-sealed = В зашифрованном чате недоступно: голоса считают устройства участников, и им видно, кто как проголосовал
poll-wish-several = Можно выбрать несколько
poll-wish-quiz = Викторина
poll-wish-quiz-help = Один ответ верный, изменить свой ответ нельзя
poll-right-answer = Верный ответ
poll-explanation = Пояснение
poll-explanation-help = Его увидят те, кто ответил
poll-ends = Когда закончить
poll-ends-never = Вручную
poll-ends-minutes = Через 15 минут
poll-ends-hour = Через час
poll-ends-hours = Через 8 часов
poll-ends-day = Через сутки
poll-ends-week = Через неделю
poll-open = Опрос
poll-anonymous = Анонимный опрос
poll-quiz = Викторина
poll-quiz-anonymous = Анонимная викторина
poll-closed = Опрос завершён
poll-several = можно выбрать несколько
poll-closes = до { $when }
poll-no-votes = Пока никто не голосовал
poll-votes = { $count ->
    [one] Проголосовал { $count } человек
    [few] Проголосовали { $count } человека
   *[many] Проголосовали { $count } человек
}
poll-votes-share = { $count ->
    [one] { $count } голос
    [few] { $count } голоса
   *[many] { $count } голосов
}, { $share } %
poll-share = { $share } %
poll-right = Верный ответ
poll-own-right = Вы ответили верно
poll-wrong = Ваш ответ, неверный
poll-who = Кто голосовал
poll-more-voters = Показать ещё
poll-retract = Отозвать голос
poll-close = Завершить опрос
