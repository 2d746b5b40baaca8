reminders-title = Reminders
reminders-remind = Remind me
reminders-move = Another time
reminders-done = Done
reminders-kept = We will remind you
reminders-unsent = Waiting for the server: it will not ring until you are connected.
reminders-rang = Reminder
reminders-count = { $count ->
    [one] { $count } reminder
   *[other] { $count } reminders
}
