invite-title = Invite to the team
invite-lead = Send the link or show the code. It holds the address, the server’s key and a secret, so the very first connection is already protected.
invite-link = For the app
invite-web = For a browser
invite-qr = Invitation as a QR code
invite-expires = Valid until { $when }
invite-failed = The invitation could not be made
