lock-title = App lock
lock-help = A passphrase is asked when the app starts and after a while without you. Without it nobody opens the messages on this computer, not even with your keyring.
lock-nowhere = Only the desktop app has a lock. In a browser, sign out when you leave a device that others use.
lock-set = Set a passphrase
lock-change = Change the passphrase
lock-remove = Take the lock off
lock-removed = The lock is off.
lock-done = The lock is on.
lock-set-help = It protects all teams of this app. There is no way to recover it: who forgets it signs in anew.
lock-remove-help = The key of your messages goes back into the system’s keyring.
lock-old = Present passphrase
lock-new = New passphrase
lock-after = Lock by itself
lock-minutes = { $count ->
    [one] after { $count } minute
   *[other] after { $count } minutes
}
lock-never = only at the start
lock-forgot = I forgot the passphrase
lock-forgot-means = Without it the messages kept on this computer cannot be opened. You sign in anew, in each team; messages come from the server again. Lost are: what was not sent yet, and encrypted chats, unless another device of yours or the recovery key confirms this one.
lock-forgot-sure = Sign in anew
