go-to-date-title = Перейти к дате
go-to-date-day = День
go-to-date-go = Перейти
