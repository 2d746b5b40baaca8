profile-edit = Edit profile
profile-name = Name that others see
profile-status-example = For example: at lunch until two
profile-saved = Profile saved
