people-online = online
people-away = away
people-dnd = do not disturb
people-offline = offline
people-deactivated = account closed
people-last-seen = last seen { $when }
people-typing = typing…
people-typing-one = { $name } is typing…
people-typing-two = { $one } and { $two } are typing…
people-typing-many = { $count ->
    [one] { $count } person is typing…
   *[other] { $count } people are typing…
}
people-role-read-only = read only
people-role-member = member
people-role-admin = admin
people-role-owner = owner
people-own-notes = My notes
people-find = Name or a part of it
people-nobody = Nobody found
people-nobody-help = Try another part of the name, or invite the person.
people-chosen = Chosen
people-take-out = Take out: { $name }
people-write = Write
people-about = About
people-status = Right now
people-username = Username
people-not-found = There is no such person here
people-recently = last seen recently
people-email = E-mail
people-phone = Phone
