//! IMAP: the same trouble at every command of a synchronisation: refused, cut, silent, garbled, told goodbye.
//!
//! One test for each kind of trouble; inside, every command in turn has it.

use futures::future::join_all;
use posthorn_sync::ProblemKind::{
    self, ConnectionLost, Credentials, Limit, Protocol as Broken, Refused, Timeout,
};

use crate::imap::{arrival, scene};

/// The commands of one synchronisation with one new message.
const COMMANDS: [&str; 8] = [
    "LOGIN *",
    "ID *",
    "LIST *",
    "SELECT *",
    "UID SEARCH *",
    "UID FETCH * (UID FLAGS)",
    "UID FETCH * (UID FLAGS INTERNALDATE*",
    "UID FETCH * (UID BODY.PEEK*",
];

/// One new message with head and bytes.
fn mail() -> String {
    let head = "S: * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 20 BODY[HEADER] {15}\nS- Subject: 31\\r\\n\\r\\n\nS: )\nS: $ OK";
    let body = "? $ UID FETCH 31 (UID BODY.PEEK[])\nS: * 31 FETCH (UID 31 BODY[] {20}\nS- Subject: 31\\r\\n\\r\\nText.\nS: )\nS: $ OK\n";
    // Without the next uid the folder is searched.
    [&arrival(head).replace("S: * OK [UIDNEXT 32] x\n", ""), body].concat()
}

/// Plays the answer to each command in turn; `kind` says what the account waits for, by the command's place.
async fn at_each(answer: &str, kind: impl Fn(usize) -> Option<ProblemKind>) {
    for (place, command) in COMMANDS.iter().enumerate() {
        at(command, answer, kind(place)).await;
    }
}

/// Plays the answer to one command.
async fn at(command: &str, answer: &str, kind: Option<ProblemKind>) {
    println!("{command}");
    // What stands first is looked at first.
    let all = scene(&format!("? $ {command}\n{answer}\n{}", mail())).offering("ID");
    match kind {
        Some(Credentials) => all.asks_for_password(),
        Some(kind) => all.waits(kind),
        None => all,
    }
    .play()
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_to_everything() {
    at_each("S: $ NO no", |place| match place {
        0 => Some(Credentials),
        // Who does not want to be introduced is not, and a message that cannot be had keeps no other back.
        1 | 6 | 7 => None,
        _ => Some(Refused),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_to_everything() {
    at_each("S: $ BAD what", |place| match place {
        1 | 6 | 7 => None,
        _ => Some(Refused),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_before_every_answer() {
    at_each("!cut", |_| Some(ConnectionLost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_in_the_middle_of_every_answer() {
    at_each("S- $ O\n!cut", |_| Some(ConnectionLost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goodbye_to_everything() {
    at_each("S: * BYE not today\n!cut", |_| Some(ConnectionLost)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_to_everything() {
    // Each waits for its stage's whole time: they do so side by side.
    join_all(COMMANDS.iter().map(|command| at(command, "!stall", Some(Timeout)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_to_everything() {
    at_each("S: $ MAYBE\n!drain", |_| Some(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nul_and_eight_bits_to_everything() {
    at_each("S: \\x00\\xFF\\xFE * \\x80\n!drain", |_| Some(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_another_question_to_everything() {
    at_each("S: Z999 OK done\n!drain", |_| Some(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_for_more_to_everything() {
    at_each("S: + more\n!drain", |_| Some(Broken)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chatter_without_end_to_everything() {
    at_each("S* forever * OK wait", |_| Some(Limit)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_without_end_to_everything() {
    at_each("S** forever *", |_| Some(Limit)).await;
}
