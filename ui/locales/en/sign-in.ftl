sign-in-title = Sign in
sign-in-address = Team address
sign-in-address-help = The server’s address or an invitation link.
sign-in-here = To the team on this computer
