# Searching, and what is on its way out.
search-label = Search mail
search-placeholder = Search all mail
search-scope = Where to search
search-everywhere = Everywhere
search-clear = End search
search-offers = Suggestions
search-from = from somebody
search-to = to somebody
search-subject = in the subject
search-has = with files
search-unread = not read yet
search-starred = starred
search-before = before a day, such as 2026-11-01
search-after = after a day, such as 2026-11-01
search-in = in a folder
search-filename = a file's name
search-larger = larger than, such as 5M
outbox-count = { $count ->
    [0] {""}
    [one] 1 not finished
   *[other] { $count } not finished
}
outbox-needs-you = Needs you
outbox-on-the-way = On the way
outbox-empty = Everything is sent
outbox-empty-hint = What you send waits here until the server has taken it.
outbox-choose = Choose a message to see how it goes
outbox-unknown = Unknown: the line broke after the last dot
outbox-unknown-text = The server had the whole message, then the line broke before it answered. Posthorn does not send it twice; it looks for a copy in Sent and Inbox. You may know more.
outbox-refused = Refused: { $said }
outbox-sending = Sending, { $sent } of { $size }
outbox-connecting = Connecting
outbox-dot = Waiting for the server's answer
outbox-partly = { $accepted } accepted, { $refused } refused
outbox-done = Sent and filed
outbox-filing = Accepted; the copy for Sent is waiting
outbox-leaves = Leaves in { $seconds } s
outbox-queued = Waiting for its turn
outbox-waiting = Waiting: { $reason }
outbox-needs-password = Waiting for the password of the sending server
outbox-retry = { $reason }, next try { $time }
outbox-state = State
outbox-steps = Steps
outbox-step-queued = Queued
outbox-step-connecting = Connected
outbox-step-recipients = Recipients
outbox-step-data = Data
outbox-step-dotSent = Last dot
outbox-step-accepted = Accepted
outbox-step-done = Filed
outbox-arrived = It arrived
outbox-send-again = Send again…
outbox-keep = Keep and look again
outbox-send-now = Send now
outbox-resend = Send again
outbox-resend-to = Instead of { $address }
outbox-resend-note = The same message goes to the address that stands here, and its To line stays as you wrote it. An empty field leaves this person out.
outbox-discard = Discard
outbox-stop = Stop and edit
outbox-tries = { $count ->
    [one] Tried once, next { $time }
   *[other] Tried { $count } times, next { $time }
}
outbox-result = Result
outbox-recipient-waiting = Waiting
outbox-recipient-accepted = Accepted
outbox-recipient-delayed = Delayed
outbox-recipient-refused = Refused
outbox-receipt = Receipt
outbox-queued-at = Sent by you
outbox-server-said = Server
ask-again-title = Send it again?
ask-again-text = If the first one arrived, the recipients get it twice.
