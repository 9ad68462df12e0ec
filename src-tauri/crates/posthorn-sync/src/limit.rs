//! Every bound of the engine, with its reason.

use std::time::Duration;

/// How often a watching connection ends its IDLE and begins a new one: NATs and routers forget a silent connection
/// after 5 to 10 minutes, servers after 29 (RFC 2177).
pub const IDLE_RENEWAL: Duration = Duration::from_mins(7);
/// How long the watching connection waits for the working one's first look at INBOX: where that takes longer (a first
/// synchronisation), what comes meanwhile is heard of all the same.
pub const WATCH_AFTER: Duration = Duration::from_secs(2);
/// How often a server without IDLE is asked for news.
pub const POLL: Duration = Duration::from_mins(1);
/// Time for an answer to the NOOP that asks whether a connection is still alive (after sleep, on request).
pub const PROBE: Duration = Duration::from_secs(10);
/// Time for one step of signing in: dialling, TLS, greeting, login.
pub const SIGN_IN: Duration = Duration::from_mins(1);
/// How long the orderly end of all workers may take; then their connections are dropped.
pub const SHUTDOWN: Duration = Duration::from_secs(5);
/// How long somebody waits for what the server says about a folder; the working connection may be busy with a window.
pub const ANSWER: Duration = Duration::from_secs(30);
/// How long a polite LOGOUT may take.
pub const LOGOUT: Duration = Duration::from_secs(2);
/// First wait after a passing failure, doubled with each further one.
pub const RETRY_FIRST: Duration = Duration::from_secs(2);
/// Longest wait between tries: a server that was down for a night is found within five minutes.
pub const RETRY_LAST: Duration = Duration::from_mins(5);
/// Least wait after a server said that it allows no more connections or requests: those of a connection that it has not
/// noticed the end of go within a minute, and asking oftener prolongs the ban of some.
pub const CROWDED: Duration = Duration::from_mins(1);
/// A connection that held for this long was a good one: the next failure waits shortly again.
pub const STEADY: Duration = Duration::from_mins(2);
/// Attempts of one operation that the server put off; then it is backed out with its sentence.
pub const OPERATION_ATTEMPTS: u32 = 8;
/// Longest wait of an operation that meets a limit of the server on requests: such limits are counted by the hour or the
/// day, and one that was lifted is noticed within the hour.
pub const LIMITED_LAST: Duration = Duration::from_hours(1);
/// Operations taken from the log at once; they are replayed in order, so more would only cost memory.
pub const OPERATION_BATCH: usize = 64;
/// Heads asked for with one command: the first window is on screen within a second, and what a broken connection
/// repeats stays small.
pub const HEAD_WINDOW: u32 = 500;
/// Heads in one write to the store, the first ones and those of a slow line.
pub const HEAD_BATCH: usize = 250;
/// Heads in one write to the store where they come quickly: each write touches the same pages of every index. Other
/// writers wait for it a tenth of a second.
pub const HEAD_BATCH_MOST: usize = 1000;
/// How long [`HEAD_BATCH`] heads wait for more: what a broken connection repeats stays small.
pub const HEAD_BATCH_TIME: Duration = Duration::from_millis(300);
/// Batches between fetching and storing: enough to keep both busy, little enough for memory.
pub const PIPELINE: usize = 3;
/// Batches of durable messages that may wait until the index learns of them: their bytes are not in memory any more.
pub const DURABLE_AHEAD: usize = 4;
/// Durable messages that are worth waiting for more, so that the index learns of them in one write.
pub const GATHER_FROM: usize = 100;
/// Durable messages of which the index learns in one write.
pub const GATHER_MOST: usize = 1000;
/// How long they wait for more.
pub const GATHER_TIME: Duration = Duration::from_millis(100);
/// Bytes of one batch of bodies between fetching and storing. With [`PIPELINE`] this bounds what is in memory.
pub const BODY_BATCH_BYTES: u64 = 2 << 20;
/// Messages of one batch of bodies.
pub const BODY_BATCH: usize = 200;
/// Messages above this do not come whole unasked: their text parts do.
pub const WHOLE_BODY: u64 = 2 << 20;
/// Text parts above this do not come unasked either: nobody reads them in a list, and search has limits of its own.
pub const TEXT_PART: u64 = 512 << 10;
/// Text parts fetched for one message.
pub const TEXT_PARTS: usize = 8;
/// A message of a maildrop above this goes to the disk while it comes; with [`PIPELINE`] this bounds memory.
pub const SPOOL_ABOVE: usize = 1 << 20;
/// Largest message of a maildrop that is fetched when it is asked for, to the disk; more is refused with words.
pub const SPOOLED: u64 = 4 << 30;
/// Stored messages above this are looked through for the search index instead of being read whole.
pub const SKIM_ABOVE: u64 = 4 << 20;
/// Largest message that is fetched on demand in memory; more is refused with words.
pub const ON_DEMAND: u64 = 256 << 20;
/// Bodies above this are fetched in pieces, each of which is kept: what a broken connection repeats stays small, and so
/// does what waits behind them.
pub const CHUNKED_ABOVE: u64 = 2 << 20;
/// Octets of the first piece: a second of a slow line.
pub const CHUNK_FIRST: u64 = 256 << 10;
/// Octets of the smallest piece: below it the way there and back counts more than the bytes.
pub const CHUNK_LEAST: u64 = 64 << 10;
/// Octets of the largest piece: what is lost with a connection, and what others wait for.
pub const CHUNK_LARGEST: u64 = 4 << 20;
/// A piece that took less is followed by a larger one, one that took four times as long by a smaller one.
pub const CHUNK_TIME: Duration = Duration::from_secs(1);
/// Octets of a part's own header; what is longer is not kept, and the part is read without it.
pub const PART_HEADER: u64 = 64 << 10;
/// Downloads of large bodies of all accounts that may wait for their turn.
pub const DOWNLOADS: usize = 256;
/// Tries in a row of one download that bring no byte; then it waits for the user.
pub const DOWNLOAD_ATTEMPTS: u32 = 5;
/// Messages above this come without their attachments where somebody opens one that is kept on the server: their text is
/// what is wanted, and it is small.
pub const READ_WHOLE: u64 = 256 << 10;
/// Requests for single bodies that may wait; more make the asker wait.
pub const REQUESTS: usize = 256;
/// Uids of one STORE, COPY or MOVE command: what a broken connection repeats stays small, and a server that takes a
/// millisecond a message answers well within its time.
pub const OPERATION_UIDS: u32 = 5000;
/// Further commands that one operation may cost to find out which of its messages the server refuses: enough for one
/// among a million, or a few among thousands.
pub const REFUSAL_COMMANDS: u32 = 40;
/// Messages that are appended before they are read back: what is repeated after a break is one message, what is read
/// back comes with one command.
pub const APPEND_BATCH: usize = 50;
/// Messages of one append that the server refuses one after the other; then the rest is refused with them.
pub const APPEND_REFUSALS: usize = 10;
/// An answer that takes more than this many messages is doubted when it is also more than half of the folder.
pub const DOUBT_ABOVE: u64 = 20;
/// A complete comparison of uids is due after this long, per mailbox.
pub const AUDIT_EVERY: Duration = Duration::from_hours(24);
/// How often folders without a watcher are compared.
pub const ROUND_EVERY: Duration = Duration::from_mins(5);
/// A working connection that rests this long is asked whether it lives before it is used.
pub const STALE: Duration = Duration::from_mins(1);
/// Longest rest of a working connection before a NOOP keeps it (servers may close after 30 minutes; NATs sooner).
pub const KEEP_ALIVE: Duration = Duration::from_mins(4);
/// Mailboxes of one account that are synchronised; further ones are listed and left alone.
pub const MAILBOXES: usize = 5_000;
/// Messages of one folder that are synchronised: ten times the largest that anybody has. A server that claims more is
/// not asked for them one window after the other.
pub const MESSAGES: u32 = 10_000_000;
/// Octets of one message that come unasked although the server said that it was small; more is fetched when somebody
/// opens it.
pub const SURPRISE: u64 = 16 << 20;
/// Octets of a folder's name; what is longer is no folder of a person, and is left out.
pub const FOLDER_NAME: usize = 1_000;
/// Levels of a folder's name that are told apart; what is deeper counts as one name.
pub const FOLDER_LEVELS: usize = 50;
/// Characters of a server's sentence that are kept.
pub const SENTENCE: usize = 400;
/// Free space below this part of the disk stops the download of bodies.
pub const ROOM_PART: f64 = 0.05;
/// Free bytes below which the download of bodies stops, whatever part of the disk they are.
pub const ROOM_BYTES: u64 = 2 << 30;
/// How often the room on a nearly full disk is looked at again.
pub const ROOM_AGAIN: Duration = Duration::from_mins(1);
/// How long after the start bytes that nobody refers to are first removed: the start has the disk for itself.
pub const FIRST_SWEEP: Duration = Duration::from_mins(10);
/// Progress is told at most this often; changes of state always.
pub const PROGRESS_MS: i64 = 100;
/// Events that a slow listener may lag behind; one who lags more looks at the statuses again.
pub const EVENTS: usize = 1024;
/// Texts of messages just read, kept for the search index: what some batches of bodies hold.
pub const TEXTS_BYTES: usize = 3 << 20;
/// The same where the search index does not keep up for a while: more are forgotten, and read again.
pub const TEXTS_MOST: usize = 8 << 20;
/// How long bodies wait for the search index to take texts; one that takes none for so long does not work now, and the
/// texts are read again when it does.
pub const TEXTS_WAIT: Duration = Duration::from_secs(1);
/// Messages whose words go into the search index with one write: each write makes parts of it that are put together later,
/// and a part of twice as many messages has less than twice as many words.
pub const INDEX_BATCH: usize = 512;
/// Parts of the search index that are written and may wait until they are taken from the queue.
pub const INDEXED_AHEAD: usize = 4;
/// A draft is copied to the server when nothing was typed in it for this long: whoever pauses longer may have gone to
/// another computer, and every copy costs an upload and a removal.
pub const DRAFT_REST: Duration = Duration::from_mins(1);
/// While somebody types on and on a draft is copied this often: a computer that dies takes no more than this along.
pub const DRAFT_LONGEST: Duration = Duration::from_mins(5);
/// The same for a draft above [`DRAFT_LARGE`], which does not count pauses: its files go out again with every copy.
pub const DRAFT_LONGEST_LARGE: Duration = Duration::from_mins(30);
/// Bytes of text and files above which a draft is copied seldom.
pub const DRAFT_LARGE: u64 = 2 << 20;
/// Longest wait until a refused copy is tried again: a full mailbox that was tidied up is found within the hour.
pub const DRAFT_RETRY_LAST: Duration = Duration::from_hours(1);
/// How long a version whose upload broke off may still appear in the folder: servers that take a message whole finish it
/// within minutes after the connection broke (RFC 9051 section 5.4 gives a dead connection 30).
pub const DRAFT_DOUBT: Duration = Duration::from_mins(30);
/// Lines that the console keeps while somebody looks: an hour of ordinary work, a megabyte.
pub const CONSOLE_LINES: usize = 5_000;
/// How long the console stays open after somebody last looked: a page that went away does not say so.
pub const CONSOLE_LEASE: Duration = Duration::from_mins(1);
/// Connections that ended and are still named while the console is open.
pub const CONSOLE_ENDED: usize = 50;
/// Commands of one connection whose beginnings are remembered for the console: twice a flight.
pub const CONSOLE_TAGS: usize = 128;
/// Folders of one account that one search asks its server about.
pub const LOOK_FOLDERS: usize = 200;
/// Newest messages of one folder that a server's answer to a search adds: more nobody looks through.
pub const LOOK_HITS: usize = 1_000;
/// Texts that one folder's search fetches where the server cannot judge them.
pub const LOOK_TEXTS: usize = 50;
/// How long a server may search in all: without an index it reads every message, and some do so for minutes.
pub const LOOK_TIME: Duration = Duration::from_mins(10);
/// Uids that are compared with one command of a proof: an answer of some hundred kilobytes, a step that can be cancelled.
pub const PROOF_WINDOW: u32 = 2_000;
