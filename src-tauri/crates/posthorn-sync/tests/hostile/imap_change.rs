//! IMAP: mod-seqs, what vanished, listening, changing, copying, compression.

use posthorn_store::operation::OperationState::{Done, Refused as Taken};
use posthorn_sync::ProblemKind::{ConnectionLost, Limit, Protocol as Broken};

use crate::imap::{Act, Scene, scene};

const RESYNC: &str = "ENABLE CONDSTORE QRESYNC";

/// INBOX, known at mod-seq 50, is opened with QRESYNC and these lines.
fn resynced(lines: &str) -> Scene {
    let script = format!(
        "? $ SELECT \"INBOX\"*\nS: * 30 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 31] x\n{lines}\nS: $ OK\n"
    );
    scene(&script).offering(RESYNC).known_at(50)
}

/// Messages are copied to Archive, and the server says this about it. Archive stays empty, whatever it says.
fn copied(code: &str) -> Scene {
    let empty = "? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{tag}\") UID\nS: $ OK\n";
    scene(&format!("? $ UID COPY *\nS: $ OK [COPYUID {code}] done\n{empty}")).then(Act::Move)
}

const AT_60: &str = "S: * OK [HIGHESTMODSEQ 60] x";

scenes! {
    // Mod-seqs.
    the_modseq_goes_back: resynced("S: * OK [HIGHESTMODSEQ 3] x").keeps(30);
    the_modseq_is_zero: resynced("S: * OK [HIGHESTMODSEQ 0] x").keeps(30);
    the_modseq_is_beyond_all: resynced("S: * OK [HIGHESTMODSEQ 9223372036854775808] x").keeps(30);
    the_modseq_is_beyond_numbers: resynced("S: * OK [HIGHESTMODSEQ 99999999999999999999999999] x").keeps(30);
    the_modseq_is_missing: resynced("S: * OK [NOMODSEQ] x").keeps(30);
    a_message_has_a_modseq_beyond_all: resynced(&format!("{AT_60}\nS: * 3 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (18446744073709551615))")).keeps(30);
    a_message_has_no_modseq: resynced(&format!("{AT_60}\nS: * 3 FETCH (UID 3 FLAGS (\\Seen) MODSEQ ())")).keeps(30);
    qresync_that_is_not_known: scene("? $ SELECT \"INBOX\" (QRESYNC*\nS: $ BAD what\n").offering(RESYNC).known_at(50).keeps(30);
    changes_without_end: resynced(&format!("{AT_60}\nS* forever * 3 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (60))")).waits(Limit).keeps(30);
    changes_of_messages_that_are_not_here: resynced(&format!("{AT_60}\nS* 100000 * {{n}} FETCH (UID {{n}} FLAGS (\\Flagged) MODSEQ (60))")).keeps(30);

    // What vanished.
    everything_vanished: resynced(&format!("{AT_60}\nS: * VANISHED (EARLIER) 1:4294967295")).keeps(30);
    everything_vanished_backwards: resynced(&format!("{AT_60}\nS: * VANISHED (EARLIER) 4294967295:1")).keeps(30);
    half_of_it_vanished_a_thousand_times: resynced(&format!("{AT_60}\nS* 1000 * VANISHED (EARLIER) 1:15")).keeps(15);
    nothing_vanished_in_garbage: resynced(&format!("{AT_60}\nS: * VANISHED (EARLIER) 1:x,\\x00")).waits(Broken).keeps(30);
    zero_vanished: resynced(&format!("{AT_60}\nS: * VANISHED (EARLIER) 0")).keeps(30);
    ranges_vanished_by_the_million: resynced(&format!("{AT_60}\nS- * VANISHED (EARLIER) 100\nS** 5000000 ,7,9\nS: ")).waits(Broken).keeps(30);
    lines_vanished_by_the_hundred_thousand: resynced(&format!("{AT_60}\nS* 300000 * VANISHED (EARLIER) 1{{n}}1")).keeps(30);

    // Listening.
    news_without_end: scene("? $ IDLE\nS: + idling\nS* 30000 * {n} EXISTS\nC: DONE\nS: $ OK\n").offering("IDLE");
    news_of_removals_without_end: scene("? $ IDLE\nS: + idling\nS* 30000 * 1 EXPUNGE\nC: DONE\nS: $ OK\n").offering("IDLE").keeps(30);
    alerts_without_end: scene("? $ IDLE\nS: + idling\nS* 5000 * OK [ALERT] buy\\x1b[2J now\nC: DONE\nS: $ OK\n").offering("IDLE").keeps(30);
    listening_that_is_refused: scene("? $ IDLE\nS: $ NO not now\n").offering("IDLE").keeps(30);
    listening_that_ends_at_once: scene("? $ IDLE\nS: + idling\nS: $ OK that was it\n").offering("IDLE").keeps(30);
    listening_that_says_goodbye: scene("? $ IDLE\nS: + idling\nS: * BYE idle for too long\n!cut\n").offering("IDLE").keeps(30);
    news_of_a_hundred_thousand_folders: scene("? $ NOTIFY *\nS* 100000 * STATUS f{n} (MESSAGES 1 UIDNEXT 2)\nS: $ OK\n").offering("IDLE NOTIFY").keeps(30);

    // What the user does.
    marks_are_refused: scene("? $ UID STORE *\nS: $ NO no\n").then(Act::Read).is(Taken).keeps(30);
    marks_are_answered_without_end: scene("? $ UID STORE *\nS* forever * 1 FETCH (UID 1 FLAGS (\\Seen))\n").then(Act::Read).waits(Limit).keeps(30);
    marks_are_answered_for_others: scene("? $ UID STORE *\nS* 5000 * {n} FETCH (UID {n} FLAGS (\\Deleted))\nS: $ OK\n").then(Act::Read).is(Done);
    a_move_says_uids_that_cannot_be: copied("8 1:4294967295 1:4294967295").is(Done).keeps(27);
    a_move_says_fewer_uids: copied("8 1:3 5").is(Done).keeps(27);
    a_move_says_the_uids_of_others: copied("8 7:9 1:3").is(Done).keeps(27);
    a_move_says_uid_zero: copied("8 1:3 0,0,0").is(Done).keeps(27);
    a_move_says_another_epoch: copied("99 1:3 1:3").is(Done).keeps(27);
    a_move_is_refused: scene("? $ UID COPY *\nS: $ NO [CANNOT] no\n").then(Act::Move).is(Taken).keeps(30);
    a_move_breaks_off: scene("? $ UID COPY *\n!cut\n").then(Act::Move).waits(ConnectionLost).keeps(27);
    a_deletion_takes_everything: scene("? $ UID EXPUNGE *\nS* 30 * 1 EXPUNGE\nS: $ OK\n").offering("UIDPLUS").then(Act::Delete).is(Done).keeps(27);
    a_deletion_is_refused: scene("? $ UID STORE *\nS: $ NO no\n").offering("UIDPLUS").then(Act::Delete).is(Taken).keeps(30);
    a_copy_is_refused_before_it_is_sent: scene("? $ APPEND *\nS: $ NO [OVERQUOTA] full\n").then(Act::Bring).is(Taken).keeps(30);
    a_copy_is_said_to_be_what_it_is_not: scene("? $ APPEND *\nS: $ OK [APPENDUID 7 1] done\n").offering("UIDPLUS").then(Act::Bring).waits(Broken);
    a_copy_is_said_to_be_uid_zero: scene("? $ APPEND *\nS: $ OK [APPENDUID 7 0] done\n").offering("UIDPLUS").then(Act::Bring).waits(Broken);
    a_copy_is_said_to_be_everything: scene("? $ APPEND *\nS: $ OK [APPENDUID 7 1:4294967295] done\n").offering("UIDPLUS").then(Act::Bring).waits(Broken);
    a_copy_is_asked_for_again_and_again: scene("? $ APPEND *\nS* forever + more\n").then(Act::Bring).waits(Broken);

    // Compression.
    a_bomb_of_one_line: scene("? $ COMPRESS *\nS: $ OK\n!deflate\nS** forever A\n").offering("COMPRESS=DEFLATE").waits(Limit).keeps(30);
    a_bomb_of_responses: scene("? $ COMPRESS *\nS: $ OK\n!deflate\nS* forever * 1 EXPUNGE\n").offering("COMPRESS=DEFLATE").waits(Limit).keeps(30);
    a_bomb_of_empty_lines: scene("? $ COMPRESS *\nS: $ OK\n!deflate\nS* forever \n").offering("COMPRESS=DEFLATE").waits(Limit).keeps(30);
    compression_that_is_none: scene("? $ COMPRESS *\nS: $ OK\nS- \\xFF\\xFF\\xFF\\xFF\n!drain\n").offering("COMPRESS=DEFLATE").waits(Broken).keeps(30);
    compression_that_is_refused: scene("? $ COMPRESS *\nS: $ NO [COMPRESSIONACTIVE] already\n").offering("COMPRESS=DEFLATE").keeps(30);
}
