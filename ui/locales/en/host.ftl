host-lead = The server starts inside the app. While the app runs (in the tray too), the team is connected. Everything is kept in one folder on this computer.
host-name = What the team is called
host-name-example = For example: Lighthouse
host-port = Port
host-port-any = any free one
host-port-help = May be left empty.
host-port-bad = A number from 1024 to 65535
host-start = Start
host-starting = Starting the server…
host-continues = There is a team on this computer already. It continues where it stopped.
host-running = { $name } is running: { $address }
host-account-title = The team is ready
host-account-lead = Create the first account: it will own the team.
host-invite = Invitation
host-connected = { $count ->
    [0] Nobody is connected
    [one] { $count } person connected
   *[other] { $count } people connected
}
host-devices = { $count ->
    [one] { $count } device
   *[other] { $count } devices
}
host-about = About the server
host-addresses = Addresses
host-tcp = TCP port
host-fingerprint = Key fingerprint
host-since = Running since
host-folder = Data folder
host-sees = The server sees who writes, when and how much. Channels are kept on it as plain text.
host-open-folder = Open folder
host-stop = Stop
