# Settings.
settings = Settings
settings-sections = Sections
settings-back = Back to mail
settings-saved = Saved as you go
settings-appearance = Appearance
settings-reading = Reading
settings-writing = Writing and sending
settings-desktop = Desktop
settings-keyboard = Keyboard
settings-about = About
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
theme-contrast = High contrast
set-list = List
set-density = Density
set-density-note = One line, two lines or three.
density-compact = Compact
density-cosy = Cosy
density-relaxed = Relaxed
set-conversations = Conversations
set-conversations-note = Group replies with the message they answer.
set-text = Text
set-text-size = Text size
set-language = Language
language-system = As the system
set-moving = Moving through mail
set-after-removal = After archiving or deleting
after-next = Next
after-previous = Previous
after-list = Back to list
set-mark-read = Mark as read
set-mark-read-note = Choosing a message is not reading it.
mark-at-once = At once
mark-seconds = After { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
mark-never = By hand
set-privacy = Privacy
set-remote = Load pictures from the web
set-remote-note = Who sent them learns that you read the message, and where.
set-plain = Write in plain text
set-plain-note = New messages start without formatting.
set-answer-place = Answers stand
set-answer-place-note = Your signature follows your words.
set-answer-above = above the quoted message
set-answer-below = below the quoted message
set-undo-send = Time to take a sent message back
undo-none = None
undo-seconds = { $count } seconds
set-notifications = Tell me about new mail
set-keep-running = Keep running when the window is closed
set-keep-running-note = New mail keeps arriving and is announced. { $keys } quits.
set-preset = Keys
set-preset-note = As in the program that you know.
preset-gmail = Gmail
preset-outlook = Outlook
preset-apple = Apple Mail
preset-thunderbird = Thunderbird
set-single = Single letters
set-single-note = Letters alone are commands. Switch off when you dictate or press keys by accident.
account-label = Name of the account
account-sender = Name to send as
account-colour = Colour of its mark
account-colour-n = Colour { $count }
account-check = Check every
account-check-note = Where the server cannot push.
pop-policy = Mail on the server
pop-policy-note = Nothing leaves the server before all of it is safe on this computer, unless you delete it here.
pop-leave = Stays there
pop-afterDays = Leaves after some days
pop-whenDeleted = Leaves when deleted here
pop-whenMoved = Leaves when deleted here or moved out of the inbox
pop-atOnce = Leaves once it is safe here
pop-never = Never delete anything there
pop-days = Days on the server
pop-keep-starred = Starred mail stays there
pop-size = Fetch whole messages up to
pop-size-note = Of larger ones only the head comes; the rest is fetched when you ask for it.
pop-size-all = Any size
pop-at-start = Look for mail at start
pop-at-start-note = Otherwise by the interval above, and when you ask.
pop-apop = Allow APOP
pop-apop-note = An old way to sign in that hides the password without encryption. Used only where the server offers nothing better.
pop-preview-now = { $count ->
    [0] Nothing leaves the server now.
    [one] One message ({ $size }) leaves the server with the next look.
   *[other] { $count } messages ({ $size }) leave the server with the next look.
}
pop-preview-oldest = The oldest of them is of { $date }.
pop-preview-later = { $count ->
    [one] One more leaves on { $date }.
   *[other] { $count } more leave later, the first on { $date }.
}
pop-preview-stay = { $count ->
    [0] Nothing else is there.
    [one] One message stays.
   *[other] { $count } messages stay.
}
pop-preview-apply = Do so
account-check-note-pop = Besides, at the start and with “Get mail”, which also sends what waits. Between two looks nothing is held open.
check-by-hand = Only when I ask
check-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
account-files-sent = The server files sent mail itself
account-files-sent-note = Posthorn then puts no copy into Sent.
account-enabled = Switched on
account-enabled-note = Switched off it connects nowhere; its mail stays readable.
account-access = Signing in and servers
account-servers = Servers and password
account-servers-change = Change…
account-status = What it is doing
account-remove = Remove account…
account-remove-note = Its mail is taken off this computer.
remove-title = Remove { $name }?
remove-text = { $messages ->
    [0] There is no mail of it on this computer.
    [one] 1 message is taken off this computer.
   *[other] { $messages } messages are taken off this computer.
} What is on the server stays there.
remove-only-here = { $count ->
    [one] 1 of them exists nowhere else and will be gone.
   *[other] { $count } of them exist nowhere else and will be gone.
}
remove-unsent = { $count ->
    [one] 1 message is not sent yet.
   *[other] { $count } messages are not sent yet.
}
remove-pending = { $count ->
    [one] 1 change has not reached the server.
   *[other] { $count } changes have not reached the server.
}
remove-action = Remove account
about-version = Version
about-secrets = Passwords
secrets-keychain = In the system keychain
secrets-file = In an encrypted file
secrets-memory = In memory, until Posthorn quits
about-profile = Where your mail is
about-language = Language of the system
set-spelling = Spelling
set-spell-check = Check spelling while writing
set-spell-note = Paragraphs in Chinese, Japanese or Korean are left alone.
set-spell-none = No dictionary is installed. Your system's package manager offers them as hunspell dictionaries.
