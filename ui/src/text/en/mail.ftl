# Places, rows, reading, and what was done.
list-separator = {", "}
me = me
nobody = (nobody)
no-subject = (no subject)
retry = Try again
close = Close
cancel = Cancel
create = Create
rename = Rename
more = More
save = Save
dismiss = Dismiss
place-inboxes = All inboxes
place-starred = Starred
place-drafts = Drafts
place-outbox = Outbox
place-search = Search
role-inbox = Inbox
role-drafts = Drafts
role-sent = Sent
role-archive = Archive
role-junk = Junk
role-trash = Trash
role-all = All mail
sidebar = Folders
sidebar-needs-you = needs you
sidebar-width = Folder pane width
sidebar-unread = { $count ->
    [one] 1 unread
   *[other] { $count } unread
}
folder-new = New folder
folder-new-in = New folder in here
folder-rename = Rename folder
folder-delete = Delete folder…
folder-name = Name
folder-move = Move folder to…
folder-move-top = (top level)
folder-move-label = Type the folder that it goes into
folder-properties = Properties
folder-favourite = Add to favourites
folder-unfavourite = Remove from favourites
folder-up = Move up
folder-down = Move down
folder-by-name = Order by name
folder-subscribe = Subscribe
folder-unsubscribe = Unsubscribe
folder-empty-trash = Empty trash…
folder-empty-junk = Empty junk…
folder-favourites = Favourites
folder-filter = Filter folders
folder-filter-none = No folder is called that
folder-colour = Colour
folder-colour-none = No colour
folder-colour-of = Colour { $number }
folder-role = Used for
folder-role-server = As the server says
folder-role-none = Nothing special
folder-role-note = Every account has one folder for each use; the one that had it before becomes an ordinary folder.
folder-path = On the server
folder-account = Account
folder-messages = Messages
folder-messages-value = { $total }, { $unread } unread
folder-size = Size
folder-stored = On this computer
folder-stored-value = { $stored } of { $total } complete
folder-span = From, to
folder-span-value = { $oldest } to { $newest }
folder-below = Folders below
folder-checked = Last check
folder-checked-never = never
folder-audited = Every message compared
folder-pending = Waiting for the server
folder-local = This folder is on this computer alone.
folder-subscribed-note = Other programs show this folder.
folder-favourite-note = Also shown above the accounts.
folder-choose-title = Which folder is for this?
folder-choose-text = { $account } has no folder that is used as “{ $role }”. Choose one, or let one be made.
folder-choose-existing = Folder
folder-choose-make = Make a folder “{ $role }”
folder-choose-action = Use it
list = Messages
list-width = List width
list-unread = { $count ->
    [0] {""}
    [one] { $of ->
        [conversations] 1 unread conversation
       *[messages] 1 unread
    }
   *[other] { $of ->
        [conversations] { $count } unread conversations
       *[messages] { $count } unread
    }
}
list-counting = { $count } so far, still counting
list-new = { $count } new
list-filter = Filter
list-filter-unread = Unread
list-filter-starred = Starred
list-filter-files = With files
list-filter-clear = Show everything
list-sort = Order: { $order }
sort-date = Date
sort-sender = Sender
sort-subject = Subject
sort-size = Size
sort-descending = Newest, largest or Z first
sort-ascending = Oldest, smallest or A first
list-selected = { $count } selected
list-select-all = All { $count }
list-clear = Clear selection
list-position = { $index } of { $total }
row-unread = Unread
row-starred = Starred
row-answered = Replied
row-forwarded = Forwarded
row-files = Has files
row-draft = Draft
row-to = To { $people }
row-select = Select
row-count = { $count } messages
drag-copy = { $count ->
    [one] Copy 1 message
   *[other] Copy { $count } messages
}
drag-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
empty-quiet = All quiet
empty-quiet-hint = { $inboxes ->
    [all] Nothing is waiting in any inbox.
   *[one] Nothing is waiting in this inbox.
}
empty-quiet-action = Go to Starred
empty-folder = Nothing in here
empty-folder-hint = This folder is empty.
empty-filter = Nothing matches the filter
empty-filter-hint = { $count } messages are hidden by it.
empty-search = Nothing matches “{ $text }”
empty-search-hint = { $count } messages were searched.
empty-loading = Still coming
empty-loading-hint = The first synchronisation goes on.
empty-reader = Choose a message to read it
empty-offline = You are offline
empty-offline-hint = Everything downloaded is here; { $count ->
    [0] nothing waits in the outbox.
    [one] 1 message waits in the outbox.
   *[other] { $count } messages wait in the outbox.
}
empty-offline-action = Go online
reader = Conversation
reader-actions = Conversation actions
reader-earlier = { $count } earlier messages, read
reader-to = to { $people }
reader-to-and-copies = to { $people }; copy to { $copies }
reader-details = Details
reader-from = From
reader-recipients = To
reader-copies = Copy
reader-blind = Blind copy
reader-reply-to = Replies to
reader-sent = Sent
reader-received = Received
reader-message-id = Message-ID
reader-body = Message of { $name }
reader-images = { $count ->
    [1] Pictures from { $host } are blocked
   *[other] Pictures from { $host } and { $others } more are blocked
}
reader-images-show = Show
reader-source-title = Source
reader-source-cut = The first { $shown } of { $size }
reader-attachments = { $count ->
    [one] 1 file
   *[other] { $count } files
}
reader-save-all = Save all…
reader-not-fetched = { $size }, not fetched
reader-open-file = Open { $name }
reader-save-file = Save { $name }
reader-reply-to-name = Reply to { $name }…
reader-loading = Fetching the message…
reader-draft = Draft
reader-rest = Only the head of this message is here. The rest is on the server.
reader-rest-fetch = Download the rest ({ $size })
reader-rest-coming = Downloading…
reader-server-leaves = On the server until { $date }
reader-server-stays = Stays on the server
reader-server-leaves-next = On the server until the next look
reader-server-left = Left the server on { $date }
link-title = This link leads elsewhere
link-text = The text says { $text }, the link goes to { $host }.
link-odd = The link goes to { $host }.
link-open = Open anyway
file-danger-title = Open this program?
file-danger-text = { $name } can change your computer. Open it only if you expected it from { $sender }.
file-danger-action = Open anyway
file-saved = Saved as { $path }
ask-delete-title = { $count ->
    [one] Delete this message for good?
   *[other] Delete { $count } messages for good?
}
ask-delete-text = It skips the trash. For a few seconds it can be taken back.
ask-instead-title = { $count ->
    [one] Delete this message for good?
   *[other] Delete { $count } messages for good?
}
ask-instead-text = The mailbox is full, so nothing can be copied to the trash. Deleting for good makes room.
instead-action = Delete for good…
instead-line = The mailbox is full: nothing fits into the trash
ask-empty-title = { $count ->
    [one] Delete the 1 message in “{ $name }” for good?
   *[other] Delete all { $count } messages in “{ $name }” for good?
}
ask-empty-text = For a few seconds it can be taken back.
ask-empty-action = Delete for good
ask-delete-action = Delete for good
ask-delete-folder-title = Delete the folder “{ $name }”?
ask-delete-folder-text = { $count ->
    [0] It is empty.
    [one] Its 1 message goes with it.
   *[other] Its { $count } messages go with it.
}
ask-delete-folder-below = { $count ->
    [one] The folder below it goes too.
   *[other] The { $count } folders below it go too.
}
ask-delete-folder-action = Delete folder
ask-unsent-title = { $count ->
    [one] 1 message is not sent yet
   *[other] { $count } messages are not sent yet
}
ask-unsent-text = It waits in the outbox and goes out when Posthorn runs again.
ask-unsent-action = Quit
done-read = { $count ->
    [one] Marked as read
   *[other] { $count } marked as read
}
done-unread = { $count ->
    [one] Marked as unread
   *[other] { $count } marked as unread
}
done-star = { $count ->
    [one] Starred
   *[other] { $count } starred
}
done-unstar = { $count ->
    [one] Star taken away
   *[other] { $count } stars taken away
}
done-move = { $count ->
    [one] Moved to { $folder }
   *[other] { $count } moved to { $folder }
}
done-copy = { $count ->
    [one] Copied to { $folder }
   *[other] { $count } copied to { $folder }
}
done-empty = { $count ->
    [one] 1 deleted for good
   *[other] { $count } deleted for good
}
done-move-mailbox = Folder { $folder } moved
done-subscribe = Subscribed to { $folder }
done-unsubscribe = No longer subscribed to { $folder }
done-archive = { $count ->
    [one] Archived
   *[other] { $count } archived
}
done-trash = { $count ->
    [one] Deleted
   *[other] { $count } deleted
}
done-delete = { $count ->
    [one] Deleted for good
   *[other] { $count } deleted for good
}
done-junk = { $count ->
    [one] Marked as junk
   *[other] { $count } marked as junk
}
done-not-junk = { $count ->
    [one] Moved back to the inbox
   *[other] { $count } moved back to the inbox
}
done-mark-all-read = { $count } marked as read
done-create-mailbox = Folder { $folder } created
done-rename-mailbox = Folder renamed to { $folder }
done-delete-mailbox = Folder { $folder } deleted
done-undone = Undone: { $what }
sidebar-more = { $count ->
    [one] 1 more folder
   *[other] { $count } more folders
}
reader-draft-continue = Continue writing
drafts-here = Drafts on this computer
drafts-nobody = (no recipient)
drafts-refused = The server did not take a copy
find-none = Not found
find-count = { $at } of { $total }
charset-own = As the message says

# Folders of this computer.
local-account = On this computer

# Mail from files and into files.
archive-import = Import…
archive-import-title = Import into { $folder }
archive-import-text = mbox files, Maildir folders and EML files, one or many, also whole profiles of other programs. What is there already is not imported twice.
archive-import-server = The messages are sent to the server one after the other.
archive-pick-files = Choose files…
archive-pick-folder = Choose a folder…
archive-export = Export…
archive-export-title = Export { $folder }
archive-format = Format
archive-mbox-note = One file a folder. Every other mail program reads it.
archive-maildir-note = One file a message, with marks. For servers and terminal programs.
archive-eml-note = One file a message, under its subject. For archives and single messages.
archive-below = Folders below it
archive-below-note = { $count ->
    [one] 1 folder
   *[other] { $count } folders
}
archive-export-text = { $count ->
    [one] 1 message is written. Nothing that is there is overwritten.
   *[other] { $count } messages are written. Nothing that is there is overwritten.
}
archive-pick-place = Choose where…
archive-import-into = Import into { $folder }
archive-export-of = Export of { $folder }
archive-importing = Importing mail
archive-exporting = Exporting mail
archive-importing-part = Importing, { $percent } %, { $count } messages
archive-exporting-part = Exporting, { $percent } %, { $count } messages
archive-stop = Stop
archive-forget = Put away
archive-imported = { $count ->
    [one] 1 message was imported.
   *[other] { $count } messages were imported.
}
archive-exported = { $count ->
    [one] 1 message was exported.
   *[other] { $count } messages were exported.
}
archive-known = { $count ->
    [one] 1 was there already.
   *[other] { $count } were there already.
}
archive-skipped = { $count ->
    [one] 1 was deleted in the other program.
   *[other] { $count } were deleted in the other program.
}
archive-unreadable = { $count ->
    [one] 1 could not be read.
   *[other] { $count } could not be read.
}
archive-cancelled = Then it was stopped; what was done stays.
archive-failed = Then it failed: { $reason }
archive-troubles = What could not be read
archive-trouble = { $place }: { $reason }

# What takes the room of an account.
storage = Storage…
storage-option = Storage
storage-note = What takes the room, and what could leave the server.
storage-title = Storage of { $account }
storage-counting = Counting
storage-total = { $size } in { $count } messages
storage-quota = The server allows { $limit }; { $used } are used.
storage-quota-over = The server allows { $limit }; { $used } are used. It may refuse new mail until some leaves.
storage-quota-label = Used of what the server allows
storage-no-quota = The server names no limit.
storage-folders = Folders
storage-messages = Messages
storage-senders = Senders
storage-files = Files
storage-free = Free space
storage-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
storage-nothing = There is nothing in this account.
storage-no-files = No message has a file.
storage-free-size = Megabytes to free
storage-order = What goes first
storage-largest = Largest first
storage-oldest = Oldest first
storage-propose = Propose
storage-free-text = Messages are fetched to a folder of this computer, compared, and only then removed from the server. It needs no room there. Starred messages and drafts are not proposed.
storage-nothing-to-free = Nothing in this account could leave the server.
storage-proposed = Messages that could leave the server
storage-chosen = { $count ->
    [one] 1 message, { $size }
   *[other] { $count } messages, { $size }
}
storage-target = Folder of this computer
storage-move = Move to this computer
storage-moving = { $done } messages, { $size } moved
storage-moved = { $count ->
    [one] 1 message ({ $size }) is on this computer now and leaves the server.
   *[other] { $count } messages ({ $size }) are on this computer now and leave the server.
}
storage-not-moved = { $count ->
    [one] 1 stays on the server.
   *[other] { $count } stay on the server.
}

# What one may do with folders of others.
folder-foreign = Another user's folder, or a shared one
folder-quota = Quota
folder-quota-value = { $used } of { $limit } used
folder-append-limit = Largest message
folder-rights = You may
rights-all = do everything
rights-read-only = only read
rights-read = read
rights-mark = mark
rights-insert = add messages
rights-remove = remove messages
rights-create = make folders inside
rights-delete-folder = rename and delete it
rights-no-read = You may not read this folder.
rights-no-mark-read = You may not mark messages as read in this folder.
rights-no-flag = You may not mark messages in this folder.
rights-no-insert = You may not add messages to this folder.
rights-no-remove = You may not remove messages from this folder.
rights-no-create = You may not make folders in this folder.
rights-no-delete-folder = You may not rename, move or delete this folder.
