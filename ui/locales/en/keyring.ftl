keyring-title = The keyring is closed
keyring-lead = Your messages on this computer are encrypted, and the key is in the system’s keyring, which did not open. If the system asks for a password, enter it there: the app goes on by itself.
keyring-again = Try again
keyring-without = Start over without the keyring
keyring-without-means = You make a passphrase and sign in again; your messages then come from the server. What was not sent yet stays in a file that only the keyring’s key opens.
keyring-without-sure = Start over
