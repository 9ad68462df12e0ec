//! Every bound of an IMAP connection, with its reason. What is beyond one is an [`Error::Limit`](crate::Error::Limit).

use std::time::Duration;

/// Octets of a line that lists uids (SEARCH, ESEARCH, VANISHED): four million of seven digits.
pub const MAX_LINE: usize = 32 << 20;
/// Octets of any other line. A structure of [`MAX_PARTS`] parts has 2 MB; nothing honest is longer.
pub const MAX_TEXT: usize = 4 << 20;
/// Octets of one frame that stay in memory: its lines and its small literals.
pub const MAX_FRAME_MEMORY: usize = 48 << 20;
/// Ranges of one set of uids: four million messages of which no two follow one another.
pub const MAX_RANGES: usize = 4_000_000;
/// Words of one list of flags, labels, attributes or capabilities; the rest is left out. Honest lists have dozens.
pub const MAX_WORDS: usize = 1_000;
/// Characters of a server's sentence and of a code's arguments that are kept.
pub const MAX_SENTENCE: usize = 4_096;
/// Octets of a message that a server may claim; a size above is taken for none, so that sums stay numbers.
pub const MAX_CLAIMED_SIZE: u64 = 1 << 40;
/// The highest mod-seq (RFC 7162 section 3.1: 63 bits); what is above is none.
pub const MAX_MODSEQ: u64 = i64::MAX as u64;
/// Empty lines between two responses: servers send none, and each costs them nothing.
pub const MAX_EMPTY_LINES: usize = 1_000;
/// Challenges of one sign-in; SCRAM has two.
pub const MAX_CHALLENGES: usize = 20;
/// Octets of one literal, and of all spooled literals of one frame. No provider accepts messages above 150 MB.
pub const MAX_LITERAL: u64 = 1 << 30;
/// A literal above this goes to a temporary file as it arrives: ordinary mail stays in memory, big mail does not.
pub const SPOOL_ABOVE: u64 = 256 << 10;
/// Nested parentheses that are followed; deeper structure is skipped. Real messages nest less than ten parts.
pub const MAX_DEPTH: usize = 40;
/// Parts of one body structure that are kept; the rest is skipped.
pub const MAX_PARTS: usize = 10_000;
/// A frame above this is read by our own tokeniser: async-imap parses long lines in quadratic time.
pub const MAX_PASSED_FRAME: usize = 4096;
/// Unsolicited events kept until they are taken; beyond it they collapse into [`Event::Overflow`](crate::Event).
pub const MAX_EVENTS: usize = 10_000;
/// Octets that unsolicited events may hold until they are taken; beyond it they collapse likewise.
pub const MAX_EVENT_MEMORY: usize = 8 << 20;
/// Responses beside what was asked for that may come with one command: half a million flags that others change.
pub const MAX_COLLECTED: usize = 500_000;
/// Octets that one command's answer may hold here, where it is needed as a whole: a list of 100,000 folders has 40 MB.
/// `FETCH` is read message by message instead.
pub const MAX_COLLECTED_MEMORY: usize = 64 << 20;
/// Octets of responses that nobody asked for which may come with one command.
pub const MAX_UNASKED_OCTETS: u64 = 64 << 20;
/// Messages whose changes an opening with QRESYNC may tell: all flags of a large mailbox.
pub const MAX_CHANGED: usize = 1_000_000;
/// Characters of a uid set in one command: RFC 7162 section 4 advises clients to stay below 8192 octets a line.
pub const MAX_SET_TEXT: usize = 6000;
/// Octets of a literal that is sent without waiting where the server offers `LITERAL+`; a larger one waits, so
/// that a full mailbox refuses it before it is uploaded. `LITERAL-` allows as much (RFC 7888 section 5).
pub const MAX_UNASKED_LITERAL: u64 = 4096;
/// Octets of a quoted string that we send; longer ones go as literals.
pub const MAX_QUOTED: usize = 1000;
/// Octets that one step of the decompressor may give: a bomb of a thousand to one (DEFLATE allows no more) costs time
/// for what it says, never memory. What it says meets the limits above like everything else.
pub const INFLATED_AT_ONCE: usize = 64 << 10;
/// Commands that are sent before the answer to the first is read: what servers read ahead in one gulp.
pub const MAX_FLIGHT: usize = 50;
/// Octets that an `APPEND` writes between two flushes.
pub const APPEND_CHUNK: usize = 64 << 10;
/// Characters of a server's line that reach the wire log.
pub const MAX_LOGGED_LINE: usize = 400;
/// Octets of a literal that is accepted where a name or a word is expected.
pub const MAX_WORD: u64 = 64 << 10;
/// A connection on which nothing moves for this long is dead (RFC 9051 section 5.4 lets servers take long).
pub const STALL: Duration = Duration::from_mins(1);
/// How long one command may take in all, however busy the connection is.
pub const COMMAND: Duration = Duration::from_hours(2);
