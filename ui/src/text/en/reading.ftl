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
event-updated = Changed invitation from { $who }
event-counter = { $who } proposes another time
event-counter-declined = { $who } stays with the time as it was
event-daily = { $count ->
    [1] every day
   *[other] every { $count } days
}
event-weekly = { $count ->
    [1] every week
   *[other] every { $count } weeks
}
event-monthly = { $count ->
    [1] every month
   *[other] every { $count } months
}
event-yearly = { $count ->
    [1] every year
   *[other] every { $count } years
}
event-repeats = repeats
event-workdays = Monday to Friday
event-on = on { $days }
event-on-dates = on day { $days } of the month
event-last-date = { $nth ->
    [1] last
   *[other] { $nth } before the end
}
event-in-months = in { $months }
event-nth = { $nth ->
    [1] the first { $day }
    [2] the second { $day }
    [3] the third { $day }
    [4] the fourth { $day }
    [-1] the last { $day }
    [-2] the last but one { $day }
   *[other] { $day } number { $nth }
}
event-times = { $count ->
    [one] once
   *[other] { $count } times
}
event-until = until { $date }
event-exceptions = with exceptions
event-instance = this one of a series
event-invited = { $count } are invited
event-clock = clock of { $place }
event-page = Open its page on { $host }
event-others = { $count ->
    [one] and one more event in the file
   *[other] and { $count } more events in the file
}
event-over = This is over
event-answer = Answer
event-accept = Accept
event-maybe = Maybe
event-decline = Decline
event-note = Add a note
event-note-label = A note for { $who }
event-me = You are invited as { $address }
event-not-you = None of your addresses is on the list of guests
event-given-accepted = You accepted
event-given-tentative = You may come
event-given-declined = You declined
event-answer-waiting = the answer is on its way
event-answer-failed = the answer did not arrive: see the outbox
event-answer-outdated = but the event was changed since
event-person-accepted = comes
event-person-declined = does not come
event-person-tentative = may come
event-person-optional = optional
event-done-accepted = Accepted; { $who } is told
event-done-tentative = Maybe; { $who } is told
event-done-declined = Declined; { $who } is told

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

## Files of a conversation
thread-files = Files of the conversation
thread-files-none = There are no files
thread-files-show = Show the message
thread-files-saved = { $count ->
    [one] One file saved in { $path }
   *[other] { $count } files saved in { $path }
}

## Files that are looked at
preview-of = Look at { $name }
preview-place = { $at } of { $total }
preview-open = Open with another program
preview-back = Back to the message
preview-previous = Previous file
preview-next = Next file
preview-loading = Fetching the file…
preview-cut = Only the beginning is shown
preview-cut-rows = Only the beginning is shown: { $rows } rows
preview-blocked = { $count ->
    [one] One picture was not loaded
   *[other] { $count } pictures were not loaded
}
preview-none-kind = Files of this kind are not shown here
preview-none-dangerous = This is a program, and is not shown here
preview-none-large = This file is too large to be shown here
preview-none-empty = This file is empty
preview-none-damaged = This file is not what its name says
preview-none-hint = It can be opened with another program, or saved.

## Contact cards
card-of = Contact card of { $name }
card-copy = Copy
card-copied = { $text } is on the clipboard
card-work = work
card-home = home
card-cell = mobile
card-fax = fax
card-birthday = Birthday { $date }
