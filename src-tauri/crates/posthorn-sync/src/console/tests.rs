//! What the console keeps, for how long, and that it costs nothing while it is closed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{AccountId, ManualClock, Timestamp};

use super::{Console, Purpose};
use crate::limit::{CONSOLE_ENDED, CONSOLE_LEASE, CONSOLE_LINES};

const ANNA: AccountId = AccountId(1);

fn console() -> Console {
    Console::new(Arc::new(ManualClock::at(Timestamp(1_000))))
}

/// A line that must not be put together.
struct Never;

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("a line was put together that nobody wants");
    }
}

#[tokio::test]
async fn a_closed_console_puts_nothing_together_and_keeps_nothing() {
    let console = console();
    let tap = console.attach(ANNA, Purpose::Working, "imap.x.test");
    tap.line(true, format_args!("{Never}"));
    tap.spoken(format_args!("{Never}"));
    assert_eq!(console.state().lines.capacity(), 0);
    assert_eq!(tap.asked.lock().unwrap().capacity(), 0);
    assert_eq!(console.read(0, 10).lines, []);
    tap.line(true, format_args!("A1 NOOP"));
    assert_eq!(console.read(0, 10).lines.len(), 1);
    console.close();
    tap.line(true, format_args!("{Never}"));
    assert_eq!(console.state().lines.capacity(), 0, "what was kept is gone");
}

#[tokio::test(start_paused = true)]
async fn answers_carry_the_time_since_their_command() {
    let console = console();
    let tap = console.attach(ANNA, Purpose::Working, "imap.x.test");
    console.read(0, 1);
    tap.line(true, format_args!("A1 LIST"));
    tokio::time::advance(Duration::from_millis(5)).await;
    tap.line(true, format_args!("A2 LSUB"));
    tokio::time::advance(Duration::from_millis(7)).await;
    tap.line(false, format_args!("* LIST () \"/\" INBOX"));
    tap.line(false, format_args!("A1 OK listed"));
    tap.line(false, format_args!("A2 OK listed"));
    let pop = console.attach(ANNA, Purpose::Maildrop, "pop.x.test");
    pop.spoken(format_args!("C: STAT"));
    tokio::time::advance(Duration::from_millis(3)).await;
    pop.spoken(format_args!("S: +OK 1 2"));
    let after: Vec<Option<u128>> = console
        .read(0, 99)
        .lines
        .iter()
        .map(|line| line.after.map(|after| after.as_millis()))
        .collect();
    assert_eq!(after, [None, None, None, Some(12), Some(7), None, Some(3)]);
}

#[tokio::test(start_paused = true)]
async fn it_is_bounded_and_closes_by_itself() {
    let console = console();
    let tap = console.attach(ANNA, Purpose::Working, "imap.x.test");
    console.read(0, 1);
    for number in 0..CONSOLE_LINES + 10 {
        tap.line(false, format_args!("* {number} EXISTS"));
    }
    let read = console.read(0, 5);
    assert_eq!((read.lost, read.lines.len(), read.last), (10, 5, 15));
    assert_eq!(console.state().lines.len(), CONSOLE_LINES);
    for _ in 0..CONSOLE_ENDED + 5 {
        drop(console.attach(ANNA, Purpose::Bulk, "imap.x.test"));
    }
    assert_eq!(
        console.read(0, 1).connections.len(),
        CONSOLE_ENDED + 1,
        "the open one, and some that ended"
    );
    tokio::time::advance(CONSOLE_LEASE * 2).await;
    tap.line(true, format_args!("A1 NOOP"));
    assert!(!console.is_open(), "nobody looked for so long");
    assert_eq!(console.state().connections.len(), 1);
    drop(tap);
    assert_eq!(console.state().connections.len(), 0);
}

#[tokio::test]
async fn a_reader_is_woken_by_a_line() {
    let console = console();
    let tap = console.attach(ANNA, Purpose::Working, "imap.x.test");
    let last = console.read(0, 1).last;
    let waiting = console.clone();
    let waiter = tokio::spawn(async move { waiting.wait(last).await });
    tap.line(true, format_args!("A1 NOOP"));
    waiter.await.unwrap();
    assert_eq!(console.read(last, 10).lines.len(), 1);
}
