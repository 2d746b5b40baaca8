members-add = Add people
members-manage = Manage member
members-make-admin = Make admin
members-make-member = Make regular member
members-make-read-only = Allow reading only
members-remove = Remove from chat
members-give = Make owner
members-give-question = { $name } will own this chat and you will be an administrator. Only the new owner can take that back.
members-waiting = Want to join
members-waiting-answer = Answer { $name }
members-waiting-count = { $count ->
    [one] { $count } person wants to join
   *[other] { $count } people want to join
}
members-waiting-show = Show
members-accept = Let in
members-refuse = Refuse
members-add-past = They will also see what was said before: your device hands it to them.
members-add-no-past = They will see only what is said after they join.
