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
