# What is on a POP3 server.
command-maildrop = Mail on the server
drop = Mail on the server
drop-again = Ask again
drop-stop = Stop
drop-asked = Asked at { $time }, session closed
drop-asking = Asking the server
drop-waiting = In use by another computer
drop-waiting-note = Another program has the mailbox open. It is asked again until it is free.
drop-heads = { $done } of { $total } heads
drop-downloading = Downloading { $done } of { $total }
drop-removing = Deleting on the server
drop-stopped = Stopped
drop-there = On the server
drop-missing = Not whole on this computer
drop-total = { $count ->
    [one] { $count } message, { $size }
   *[other] { $count } messages, { $size }
}
drop-policy = { $first }; { $second }
drop-after = { $count ->
    [one] Leaves after { $count } day
   *[other] Leaves after { $count } days
}
drop-heads-above = over { $size } heads first
drop-change = Change
drop-words = Sender or subject
drop-filter = Show
drop-filter-all = Everything
drop-filter-missing = Not whole here
drop-filter-large = 5 MB and more
drop-filter-leaving = What will leave
drop-from = From
drop-subject = Subject
drop-size = Size
drop-arrived = Arrived
drop-here = On this computer
drop-leaves = Leaves the server
drop-order = Order
drop-all = Select all
drop-select = Select { $subject }
drop-nobody = Unknown sender
drop-headless = The server does not show its head
drop-age = { $count ->
    [0] today
    [one] { $count } day old
   *[other] { $count } days old
}
drop-shown = { $shown } of { $all } shown
drop-here-whole = Whole
drop-here-head = Head only
drop-here-nothing = Not yet
drop-here-deleted = Deleted here
drop-kept = Kept for ever
drop-next = With the next look
drop-stays = Stays
drop-selected = Selected messages
drop-none = Nothing selected
drop-locked = This account never deletes anything on the server
drop-chosen = { $count } selected, { $size }
drop-chosen-here = { $whole } whole on this computer, { $away } not
drop-download = Download
drop-preview = First 40 lines
drop-preview-loading = Asking the server
drop-preview-empty = There is no text in its first 40 lines.
drop-preview-note = The beginning of the message, as text. Nothing was stored.
drop-keep = Keep for ever
drop-unkeep = Keep no longer
drop-remove = Delete on server…
drop-remove-title = { $count ->
    [one] Delete { $count } message on the server?
   *[other] Delete { $count } messages on the server?
}
drop-remove-text = { $count ->
    [one] { $count } message, { $size }, leaves the server for good.
   *[other] { $count } messages, { $size }, leave the server for good.
}
drop-remove-lost = { $count ->
    [one] { $count } of them is not whole on this computer and will be lost.
   *[other] { $count } of them are not whole on this computer and will be lost.
}
drop-remove-safe = Everything is whole on this computer and stays here.
drop-remove-spared = { $count ->
    [one] { $count } is kept for ever and stays.
   *[other] { $count } are kept for ever and stay.
}
drop-remove-do = { $count ->
    [one] Delete { $count } message
   *[other] Delete { $count } messages
}
drop-removed = { $count ->
    [one] { $count } message left the server, { $size } are free.
   *[other] { $count } messages left the server, { $size } are free.
}
drop-downloaded = { $count ->
    [one] { $count } message is whole on this computer, { $size }.
   *[other] { $count } messages are whole on this computer, { $size }.
}
drop-left = { $count ->
    [one] For { $count } it could not be done.
   *[other] For { $count } it could not be done.
}
drop-empty = The server has no mail for you
drop-empty-note = What has been fetched is in your folders.
drop-free = Free room…
drop-free-note = Proposes messages that are whole on this computer. They stay here and leave the server.
drop-free-size = Megabytes to free
drop-free-order = Which first
drop-free-largest = Largest
drop-free-oldest = Oldest
drop-free-nothing = Nothing that is whole here could leave.
drop-free-found = { $count ->
    [one] { $count } message frees { $size }.
   *[other] { $count } messages free { $size }.
}
drop-free-more = and { $count } more

# Rules before download.
rule-title = Rules before download
rule-note = The first rule that fits decides what becomes of a new message. What is on this computer already is not touched.
rule-none = There is no rule: everything new is downloaded.
rule-no-heads = This server does not show heads. Only rules about the size work with it.
rule-add = Add a rule
rule-edit = Change the rule “{ $rule }”
rule-remove = Remove the rule “{ $rule }”
rule-up = Move “{ $rule }” up
rule-down = Move “{ $rule }” down
rule-on = “{ $rule }” is on
rule-list = Rules in their order
rule-new-title = New rule
rule-edit-title = Change the rule
rule-condition = Where a message
rule-c-larger = is larger than
rule-c-smaller = is smaller than
rule-c-sender = is from
rule-c-subject = has in its subject
rule-c-older = is older than
rule-megabytes = Megabytes
rule-days = Days
rule-sender = Address or domain
rule-sender-hint = anna@example.org or example.org
rule-words = Words
rule-action = Then
rule-a-download = Download it whole
rule-a-head = Download its head only
rule-a-skip = Leave it on the server
rule-a-remove = Delete it on the server
rule-a-download-note = Whatever its size, and whatever the rules below say.
rule-a-head-note = The rest is downloaded when you ask for it.
rule-a-skip-note = It is not downloaded. “Mail on the server” still lists it.
rule-a-remove-note = Nobody will have read it. Never where this account never deletes, and never what is kept for ever.
rule-if-larger = Larger than { $size }
rule-if-smaller = Smaller than { $size }
rule-if-sender = From { $words }
rule-if-subject = “{ $words }” in the subject
rule-if-older = { $count ->
    [one] Older than { $count } day
   *[other] Older than { $count } days
}
rule-try = Try the rules…
rule-try-title = What the rules would do now
rule-try-note = Nothing is done. This is what lies on the server right now.
rule-try-ask = From the next look on this rule deletes mail that nobody has read. This is what it would do now:
rule-try-nothing = No rule fits anything that is new on the server.
rule-try-remove = { $count ->
    [one] { $count } message ({ $size }) would be deleted on the server.
   *[other] { $count } messages ({ $size }) would be deleted on the server.
}
rule-try-skip = { $count ->
    [one] { $count } would stay there and not come.
   *[other] { $count } would stay there and not come.
}
rule-try-head = { $count ->
    [one] Of { $count } the head would come.
   *[other] Of { $count } the heads would come.
}
rule-try-whole = { $count ->
    [one] { $count } would come whole.
   *[other] { $count } would come whole.
}
rule-try-usual = { $count ->
    [one] A rule fits { $count } more, and does nothing.
   *[other] Rules fit { $count } more, and do nothing.
}
rule-try-here = { $count ->
    [one] { $count } is on this computer already and is not touched.
   *[other] { $count } are on this computer already and are not touched.
}
rule-try-list = Messages and their rules
rule-try-apply = Save this rule
rule-try-failed = The server could not be asked.
rule-h-here = is here already
rule-h-locked = not deleted: this account never deletes anything there
rule-h-kept = not deleted: kept for ever
rule-h-nameless = not deleted: the server gives it no id
rule-h-headless = not deleted: its head is not known, and an earlier rule might spare it
rule-h-fleeting = downloaded: this server keeps nothing
rule-d-whole = comes whole
rule-d-head = head only
rule-d-skip = stays there
rule-d-remove = deleted there
rule-log = Deleted by rules
rule-log-note = { $count ->
    [0] Nothing so far.
    [one] { $count } message, { $size }, within a year.
   *[other] { $count } messages, { $size }, within a year.
}
rule-log-show = Show…
rule-log-waits = not confirmed yet
rule-log-unseen = The server did not show its head
rule-log-empty = No rule has deleted anything.
