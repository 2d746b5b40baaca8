disappearing-title = Disappearing messages
disappearing-about = New messages in this chat go for everyone when the time has passed. What was written before stays.
disappearing-off = Off
disappearing-own = Another time
disappearing-count = How many
disappearing-unit = Unit
disappearing-unit-days = days
disappearing-unit-hours = hours
disappearing-unit-minutes = minutes
disappearing-unit-seconds = seconds
disappearing-weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
disappearing-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
disappearing-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
disappearing-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
disappearing-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
disappearing-here = Messages disappear after { $length }
disappearing-at = Disappears { $time }
note-disappearing = { $by } made messages disappear after { $length }
note-disappearing-off = { $by } turned disappearing messages off
