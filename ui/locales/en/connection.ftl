connection-connecting = Connecting…
connection-catching-up = Catching up…
connection-offline = You are offline. What you write is sent later.
connection-waiting = { $count ->
    [one] { $count } change is waiting.
   *[other] { $count } changes are waiting.
}
connection-try-now = Retry
