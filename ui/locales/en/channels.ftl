channels-find = Name or a part of it
channels-none = There are no such channels
channels-none-help = Create one: the whole team will see it.
channels-joined = Joined
