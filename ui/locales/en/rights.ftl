rights-title = Rights of members
rights-post = Who writes
rights-pin = Who pins messages
rights-invite = Who adds people and invites
rights-members = All members
rights-admins = Administrators
rights-owner = Only the owner
rights-everyone = Who mentions everyone: @all, @here
