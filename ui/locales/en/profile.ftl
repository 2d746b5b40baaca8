profile-edit = Edit profile
profile-name = Name that others see
profile-status-example = For example: at lunch until two
profile-saved = Profile saved
profile-contact-help = Who sees it is up to you: section “Privacy”.
profile-contact-wrong = Check the e-mail and the phone: they cannot be right.
