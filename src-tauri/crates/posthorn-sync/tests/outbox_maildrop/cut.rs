//! The dialogue with a submission server cut behind and before every line, in both directions: exactly one copy, or
//! the row says that nobody knows; never two copies, never done without one.

use posthorn_model::Protocol;
use posthorn_store::outbox::OutboxState;
use posthorn_testkit::{Cut, Direction, Dovecot, DovecotOptions, Exim, EximOptions, Proxy};

use crate::rig::{Letter, Rig, settings};

/// A server that takes one command at a time (RFC 2920 is not offered).
const ONE_BY_ONE: &str = "pipelining_advertise_hosts =\n";

/// Times that Exim took the message with this name.
fn taken(exim: &Exim, name: &str) -> usize {
    let log = exim.log().unwrap();
    log.lines()
        .filter(|line| line.contains(" <= ") && line.contains(&format!("id={name}@")))
        .count()
}

/// Times that Exim threw a message away because the connection was gone when it wanted to answer to the dot.
fn given_up(exim: &Exim) -> usize {
    exim.log().unwrap().matches("connection lost after final dot").count()
}

/// Tells whether the final dot left us: before, the server cannot have taken anything.
fn had_dot(proxy: &Proxy) -> bool {
    proxy.said().iter().any(|(_, line)| line == ".")
}

async fn every_line(direction: Direction, cut: fn(Direction, u64) -> Cut, extra: &str) {
    let dovecot = Dovecot::start(DovecotOptions::default()).unwrap();
    let options =
        EximOptions { extra: extra.to_owned(), ..EximOptions::delivering_to(dovecot.lmtp_port()) };
    let exim = Exim::start(options).unwrap();
    let proxy = Proxy::start(exim.smtp_port()).await.unwrap();
    let rig = Rig::start(settings(Protocol::Imap, dovecot.imap_port(), proxy.port())).await;
    rig.settled().await;
    let is_swallowed = matches!(cut(direction, 1), Cut::Before(..));
    // EHLO, AUTH, MAIL, two RCPT, DATA, the message; then the dot.
    let wire = Letter::new("cut1", &[]).wire();
    let dot = 6 + wire.split(|byte| *byte == b'\n').count() as u64 - 1 + 1;
    let (mut unknown, mut sent, mut lost) = (0, 0, 0);
    for line in 1..200 {
        let name = format!("cut{line}");
        let before = proxy.cuts();
        proxy.forget_said();
        proxy.arm(cut(direction, line));
        // Anna gets it too: what arrived there is how an unknown fate becomes known.
        let id = rig.queue(Letter::new(&name, &["bob", "anna"])).await;
        let mut row = rig.reaches(id, &[OutboxState::Done, OutboxState::Unknown]).await;
        if row.state == OutboxState::Unknown {
            unknown += 1;
            let came = if is_swallowed { line - 1 } else { line };
            let is_lost = |count: usize| count > lost;
            // Exim does not take what it cannot answer to; then nobody has it either.
            rig.until("its fate is decided", || async {
                (direction == Direction::ToServer && came < dot)
                    || !had_dot(&proxy)
                    || is_lost(given_up(&exim))
                    || rig.row(id).await.state != OutboxState::Unknown
            })
            .await;
            lost = given_up(&exim);
            if rig.row(id).await.state == OutboxState::Unknown && taken(&exim, &name) == 0 {
                // We cannot know: only the user may send it again.
                assert_eq!(row.attempts, 1, "{name}");
                rig.write(move |tx| posthorn_store::outbox::step(tx, id, OutboxState::Queued, ""))
                    .await;
            }
            row = rig.reaches(id, &[OutboxState::Done]).await;
        }
        assert_eq!((row.state, taken(&exim, &name)), (OutboxState::Done, 1), "{name}");
        sent += 1;
        if proxy.cuts() == before {
            break;
        }
    }
    assert!(sent > 10, "the whole dialogue was cut: {sent}");
    // Behind a line of the server we are always told: only what we did not hear is unknown.
    let is_told = direction == Direction::ToClient && !is_swallowed;
    assert!(unknown > 0 || is_told, "around the dot nobody knows");
    let bob = dovecot.mailbox("bob", "INBOX");
    rig.until("all are delivered", || async { bob.count().unwrap() >= sent }).await;
    assert_eq!(bob.count().unwrap(), sent);
    rig.settled().await;
    assert_eq!(dovecot.mailbox("anna", "Sent").count().unwrap(), sent);
    rig.sync.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_behind_every_line_of_ours_costs_no_copy_and_makes_none() {
    every_line(Direction::ToServer, Cut::After, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_before_every_line_of_ours_costs_no_copy_and_makes_none() {
    every_line(Direction::ToServer, Cut::Before, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_behind_every_line_of_the_server_costs_no_copy_and_makes_none() {
    every_line(Direction::ToClient, Cut::After, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_before_every_line_of_the_server_costs_no_copy_and_makes_none() {
    every_line(Direction::ToClient, Cut::Before, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cuts_in_a_dialogue_of_one_command_at_a_time_cost_no_copy_and_make_none() {
    for (direction, cut) in [
        (Direction::ToServer, Cut::After as fn(Direction, u64) -> Cut),
        (Direction::ToClient, Cut::After),
        (Direction::ToClient, Cut::Before),
    ] {
        every_line(direction, cut, ONE_BY_ONE).await;
    }
}
