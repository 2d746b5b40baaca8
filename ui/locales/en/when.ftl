when-today = Today
when-yesterday = Yesterday
when-just-now = just now
when-minutes-ago = { $count ->
    [one] { $count } minute ago
   *[other] { $count } minutes ago
}
when-hours-ago = { $count ->
    [one] { $count } hour ago
   *[other] { $count } hours ago
}
when-yesterday-at = yesterday at { $time }
when-on-day = on { $day }
