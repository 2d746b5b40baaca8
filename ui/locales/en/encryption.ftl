encryption-short = end-to-end encrypted
encryption-who = Who can read
encryption-help = Messages here are end-to-end encrypted: only these devices can read them. The server sees who writes, when and how much, but not what.
encryption-nobody = Nobody to read yet
encryption-nobody-help = Encryption starts by itself as soon as the other person has a device with the app.
encryption-device-count = { $count ->
    [one] { $count } device
   *[other] { $count } devices
}
encryption-verified = Verified
encryption-changed = This person has a new key: they may have begun anew. Compare the safety number again.
encryption-number = Safety number
encryption-number-help = Compare the digits by voice or in person. If both of you see the same, nobody sits in between.
encryption-verify = The numbers match
encryption-unverify = Remove the mark
encryption-unconfirmed = This device is not confirmed yet and cannot read encrypted chats.
encryption-confirm = Confirm
encryption-confirm-title = Confirm this device
encryption-confirm-help = On another device of yours open “Settings → Account → Add a device” and type the code that it shows. The recovery key works too.
encryption-code = Code or recovery key
encryption-code-wrong = There is no such code. Check the letters, or show a new code on the other device.
encryption-lost-all = No other device and no key
encryption-anew-help = You can begin anew: this device becomes the only one, the others stop reading encrypted chats. What was said before cannot be read here, and people will see that your key has changed.
encryption-anew = Begin anew
encryption-waits = Messages will be sent once a device of the other person can read them.
encryption-sealed = Cannot be read on this device: sent before it was connected, or it did not pass the check
encryption-devices = Devices
encryption-devices-help = These devices read your encrypted chats.
encryption-device = Device
encryption-this-device = This device
encryption-last-seen = Last seen { $when }
encryption-remove = Remove
encryption-remove-sure = Really remove
encryption-add-device = Add a device
encryption-add-device-help = Log in on the new device and type the code that appears here.
encryption-recovery = Make a recovery key
encryption-recovery-help = The recovery key confirms a new device when all others are lost. Write it on paper: it is shown once, and an earlier key stops working.
