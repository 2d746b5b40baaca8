later-hour = In an hour
later-evening = This evening
later-tomorrow = Tomorrow morning
later-monday = Monday morning
later-exact = Date and time
later-choose = Done
