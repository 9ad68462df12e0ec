### What is said of a message beside its text.

## The sender
trust-lookalike = { $detail } only looks like { $other }
trust-mixed-script = The address mixes alphabets: { $detail }
trust-name-is-address = The name says { $other }, but this is from { $detail }
trust-auth-failed = { $detail } does not confirm that it sent this ({ $other })
trust-other-address = Not the usual address of this person: { $detail } instead of { $other }
trust-reply-elsewhere = Replies go to { $detail }
trust-link-mismatch = A link says { $other } and leads to { $detail }
trust-link-odd = A link hides where it leads: { $detail }
trust-first-mail = The first mail from { $detail }
trust-list = From the list { $detail }
trust-more = { $count ->
    [one] and one more thing
   *[other] and { $count } more things
}
trust-less = Show less
defect-empty = The message is empty
defect-truncated = The message was cut off on its way
defect-too-many-parts = The message has more parts than are shown
defect-too-many-attachments = The message has more files than are listed
defect-text-cut = Only the beginning of the text is shown
defect-text-damaged = Some letters could not be read
defect-structure = The message is not put together as it says; all of it is shown as text

## Pictures
reader-images-sender = Always from { $address }
reader-images-domain = Always from anybody at { $domain }
reader-images-always = Always…
reader-images-never = Block pictures from this sender again
reader-pixels = { $who } is not told that you read this
reader-unconfirmed = The sender was not confirmed, so pictures wait

## Mailing lists
command-reply-list = Reply to list
list-leave = Unsubscribe
list-leave-title = Leave { $name }?
list-leave-text = { $host } is asked to take you off the list. It learns that this address is read.
list-left = You are off the list { $name }, says its server
list-archive = Open in the list's archive

## People
person-copy = Copy address
person-copied = { $address } is on the clipboard
person-all = All mail from { $name }
person-write = Write to { $name }
reader-sent-there = { $time } where it was sent ({ $zone })

## Events
event-request = Invitation from { $who }
event-publish = Event from { $who }
event-cancel = Cancelled by { $who }
event-reply = Answer from { $who }
event-accepted = { $who } accepts
event-declined = { $who } declines
event-tentative = { $who } may come
event-daily = every day
event-weekly = every week
event-monthly = every month
event-yearly = every year
event-repeats = repeats
event-invited = { $count } are invited
event-clock = clock of { $place }

## Reports
report-title = About “{ $subject }”
report-failed = Not delivered to { $address }.
report-delayed = Not delivered to { $address } yet; it is still being tried.
report-delivered = Delivered to { $address }.
report-relayed = Handed on for { $address } to a server that does not report.
report-read = Read by { $address }.
report-unread = Deleted unread by { $address }.
report-no-such-address = There is no such address.
report-full = The mailbox is full.
report-too-large = The message is too large for it.
report-refused = Its server does not accept this message.
report-unreachable = Its server does not answer.
report-more = and { $count } more

## Looks
command-dark = Darken this sender’s mail
command-simple = Words alone for this sender

## The source
source-raw = As it came
source-header = Header
source-parts = Parts
source-part = Part
source-name = Name
source-encoding = Encoding

## Large messages and files on their way
download-part = { $done } of { $total }
download-message = Fetching the message: { $part }
download-stopped = { $part } are here
download-cancel = Stop
download-continue = Continue
download-cancel-file = Stop fetching { $name }
download-continue-file = Continue fetching { $name }

## What servers find of a search
beyond-searching = Searching also at { $hosts }…
beyond-servers = { $count } servers
beyond-found = { $count ->
    [0] Nothing more found at the server.
   *[other] { $shown } more found at the server.
}
beyond-cut = Only the newest of them are shown.
beyond-texts = { $count ->
    [one] The server does not know these letters; one text was fetched and searched here.
   *[other] The server does not know these letters; { $count } texts were fetched and searched here.
}
beyond-failed = The server could not search: { $reason }
beyond-offline = Only what is on this computer was searched.
