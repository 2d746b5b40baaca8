# What went wrong and what to do about it.
failure-unreachable = Nobody answers at that address. Check that the server is running and you are on the same network.
failure-timed-out = It is taking too long. Try again.
failure-wrong-pin = This is not the server you were invited to: its key differs from the one in the invitation. Connecting is not safe. Ask for a new invitation.
failure-untrusted = This address cannot be trusted: it has no valid certificate. Ask for an invitation link.
failure-bad-link = This does not look like an invitation. The link starts with hybrid://join/ — copy all of it.
failure-bad-address = This does not look like a server address.
failure-not-a-server = Something answers there, but it is not a Hybrid Messenger server.
failure-version = The app and the server are too far apart in version. Update the older one.
failure-wrong-passphrase = Wrong passphrase.
failure-offline = This needs the network, and there is none right now.
failure-port-in-use = Another program uses this port. Choose a different one.
failure-file-gone = The file is no longer on this device. Attach it again.
failure-file-changed = The file changed while it was being sent. Attach it again.
failure-no-microphone = There is no microphone, or it is in use. Connect one and try again.
failure-microphone-denied = The microphone may not be used. Allow it in the settings of the system or the browser.
failure-disk = Cannot write to the disk. It may be full.
failure-not-here = This works in the desktop app only.
failure-too-many-teams = This app is in 32 teams already. Leave one first.
failure-internal = Something broke on our side. Details are in the log.
failure-too-large = This is too long. Shorten it and try again.
failure-invalid-field = Something is filled in wrongly. Check the fields.
failure-session-ended = Your session has ended. Sign in again.
failure-invalid-credentials = Wrong username or password.
failure-forbidden = You are not allowed to do that.
failure-not-found = This is gone, or not visible to you.
failure-username-taken = This username is taken. Choose another.
failure-not-a-member = You are not a member of this chat.
failure-plaintext-refused = This chat takes encrypted messages only.
failure-invitation-required = Joining this team needs an invitation.
failure-invitation-invalid = There is no such invitation, or it was revoked. Ask for a new one.
failure-invitation-expired = This invitation has expired. Ask for a new one.
failure-invitation-used-up = This invitation has been used as often as it may be. Ask for a new one.
failure-rate-limited = Too many attempts. Wait a little.
failure-unavailable = The server is overloaded or stopping. Try again shortly.
failure-limit-reached = There is no room for more. Remove something first.
failure-file-too-large = This file is too large for this server.
failure-quota-exceeded = There is no room left for files on the server. Delete some you no longer need.
failure-file-damaged = The file got damaged on its way. Send it again.
failure-file-incomplete = This file has not been uploaded completely yet.
failure-file-infected = A virus was found in this file. The server did not take it.
failure-too-many-tries = Wrong too often. Try again in { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
failure-no-keyring = The system’s keyring does not answer, so the key stays where it is.
