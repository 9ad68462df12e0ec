# What accounts are doing.
status = Accounts
status-disabled = Switched off
status-offline = Offline
status-connecting = Connecting
status-syncing = Synchronising
status-syncing-what = Synchronising { $what }
status-syncing-part = { $what }: { $done } of { $total }
status-up-to-date = Up to date, { $time }
status-not-looked = Not looked for mail yet
status-waiting = Waiting, next try { $time }
status-needs-password = Password refused
status-needs-outgoing-password = Password refused for sending
status-failed = Stopped
status-some = { $count ->
    [one] 1 account needs you
   *[other] { $count } accounts need you
}
status-since = Since { $time }
status-connected-since = Connected since { $time }, { $security }
status-last-complete = Everything compared at { $time }
status-next-try = Next try at { $time }
status-pending = { $count ->
    [one] 1 change waits for the server
   *[other] { $count } changes wait for the server
}
status-server-said = The server's last words
status-details = What { $name } is doing
status-work-offline = Work offline
status-go-online = Go online
status-sign-in = Sign in again
status-open-account = Account settings
password-title = Password for { $name }
password-lead = The server refused it, in these words:
password-incoming = Server for receiving: { $host }
password-outgoing = Server for sending: { $host }. What you sent waits in the outbox until it lets you in.
password-label = Password
password-note = Kept where you chose; it goes to your provider and nowhere else.
password-save = Sign in
password-later = Later
unlock-title = Unlock your passwords
unlock-text = They are kept in an encrypted file. Mail that is here can be read without them; new mail cannot be fetched.
unlock-new-title = Choose a master password
unlock-new-text = This computer has no keychain, so Posthorn keeps your passwords in an encrypted file.
unlock-new-note = Posthorn asks for it at every start. Nobody can restore it.
unlock-new-action = Choose
unlock-again = The same again
unlock-differs = These are not the same yet.
unlock-absent-title = The keychain does not answer
unlock-absent-text = Your passwords are kept in it. Start it and ask again, or keep passwords in an encrypted file from now on; each account then asks for its password once.
unlock-absent-retry = Ask again
unlock-absent-still = It still does not answer.
unlock-open = Unlock passwords
sentences = { $first }. { $second }
unlock-label = Master password
unlock-action = Unlock
token-title = Connect to the engine
token-text = Paste the token that the development server printed.
token-label = Token
token-action = Connect
start-failed = Posthorn could not start
status-local = On this computer; needs no server
