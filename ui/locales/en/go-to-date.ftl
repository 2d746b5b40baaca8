go-to-date-title = Go to a date
go-to-date-day = Day
go-to-date-go = Go
