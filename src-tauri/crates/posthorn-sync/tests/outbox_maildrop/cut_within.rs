//! The dialogue with a submission server cut inside what is said: behind the first byte, in the middle and at the end of
//! every line and of every TLS record, of either side. STARTTLS and its handshake, TLS from the first byte, every step of
//! the mechanisms that take several lines, and a message of several hundred kilobytes.
//!
//! Where the places are is not written down here: an undisturbed dialogue is looked at first. After each cut exactly one
//! copy arrives, or the row says that nobody knows, and why; what Exim took is counted in its log and in the mailbox.

use posthorn_model::{Encryption, OutboxId, Protocol};
use posthorn_net::{Fingerprint, Secret};
use posthorn_store::outbox::OutboxState;
use posthorn_sync::{Side, secret_key};
use posthorn_testkit::Direction::{self, ToClient, ToServer};
use posthorn_testkit::{Cut, Dovecot, DovecotOptions, Exim, EximOptions, Proxy};

use crate::rig::{Letter, Rig, settings};
use crate::token::TokenServer;

/// A password that no line with an initial response has room for (510 octets), so that it follows on a line of its own.
const LONG_PASSWORD: usize = 450;
/// Places at the end of a direction that are never left out: the dot and its answer are there.
const LAST: usize = 9;

/// What is walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The sign-in alone: what comes before and behind it is the same for all mechanisms.
    SignIn,
    /// Everything.
    All,
}

/// A way to the server.
#[derive(Clone, Copy, Debug)]
struct Way {
    encryption: Encryption,
    /// The only mechanism that the server offers.
    mechanism: &'static str,
    /// The sign-in is by a token.
    has_token: bool,
    /// The token that is shown first is refused, each time.
    is_stale: bool,
    has_long_password: bool,
    /// Lines of text that each message has besides.
    lines: usize,
    part: Part,
    /// Most places in one direction; of more, every so many are taken, and the last [`LAST`] of all.
    most: usize,
}

const OPEN: Way = Way {
    encryption: Encryption::Plaintext,
    mechanism: "PLAIN",
    has_token: false,
    is_stale: false,
    has_long_password: false,
    lines: 0,
    part: Part::SignIn,
    most: 60,
};

fn by(mechanism: &'static str) -> Way {
    Way { mechanism, ..OPEN }
}

fn by_token(mechanism: &'static str, is_stale: bool) -> Way {
    Way { has_token: true, is_stale, ..by(mechanism) }
}

/// Returns where each line and each TLS record ends. A record begins with its kind, 20 to 23, and 3 (RFC 8446 section
/// 5.1); no line of text does.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest {
            [20..=23, 3, _, high, low, ..] => 5 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1),
        };
        at += length;
        ends.push(at.min(bytes.len()));
    }
    ends
}

/// Returns the places between two offsets, in order.
fn places(bytes: &[u8], (from, to): (usize, usize), most: usize) -> Vec<u64> {
    let (mut all, mut begin) = (Vec::new(), 0);
    for end in ends(bytes) {
        if begin >= from && begin < to {
            all.extend([begin + 1, usize::midpoint(begin, end), end].map(|place| place as u64));
        }
        begin = end;
    }
    all.dedup();
    let step = all.len().div_ceil(most);
    let last = all.len().saturating_sub(LAST);
    let taken = all.into_iter().enumerate().filter(|(at, _)| at % step == 0 || *at >= last);
    taken.map(|(_, place)| place).collect()
}

fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// Everything that takes part, and what was sent so far.
struct Walk {
    way: Way,
    dovecot: Dovecot,
    exim: Exim,
    proxy: Proxy,
    rig: Rig,
    tokens: Option<TokenServer>,
    sent: Vec<(String, OutboxId)>,
}

impl Walk {
    async fn start(way: Way) -> Self {
        let (_, certificate) = Dovecot::certificate().unwrap();
        let tokens = if way.has_token { Some(TokenServer::start().await) } else { None };
        let dovecot = Dovecot::start(DovecotOptions {
            introspection_url: tokens.as_ref().map(TokenServer::introspection_url),
            extra: if way.has_token {
                String::new()
            } else {
                "auth_mechanisms = plain login scram-sha-256\n".to_owned()
            },
            ..DovecotOptions::default()
        })
        .unwrap();
        let is_plain = way.mechanism == "PLAIN";
        let exim = Exim::start(EximOptions {
            certificate: Some(certificate.clone()),
            auth_socket: (!is_plain).then(|| dovecot.auth_socket()),
            asked_mechanisms: vec![way.mechanism],
            has_plain: is_plain,
            ..EximOptions::delivering_to(dovecot.lmtp_port())
        })
        .unwrap();
        let is_wrapped = way.encryption == Encryption::Tls;
        let port = if is_wrapped { exim.smtps_port() } else { exim.smtp_port() };
        let proxy = Proxy::start(port).await.unwrap();
        let mut account = settings(Protocol::Imap, dovecot.imap_port(), proxy.port());
        account.outgoing.server.encryption = way.encryption;
        account.outgoing.fingerprint = Fingerprint::of(&certificate.certificate_der).to_string();
        let rig = match &tokens {
            Some(tokens) => Rig::start_signed_in(account, tokens.sign_in()).await,
            None => Rig::start(account).await,
        };
        if way.has_long_password {
            let password = "x".repeat(LONG_PASSWORD);
            exim.set_password("anna", &password).unwrap();
            let key = secret_key(rig.account, Side::Outgoing);
            rig.secrets.set(&key, &Secret::new(password)).unwrap();
        }
        rig.settled().await;
        Self { way, dovecot, exim, proxy, rig, tokens, sent: Vec::new() }
    }

    /// Sends a message, cut there; it comes to its end, or nobody knows.
    async fn send(&mut self, cut: Option<Cut>) {
        let name = format!("within{:04}", self.sent.len());
        if let (true, Some(tokens)) = (self.way.is_stale, &self.tokens) {
            tokens.revoke();
        }
        let told = format!("{name}: {cut:?}");
        if let Some(cut) = cut {
            self.proxy.arm_next(cut);
        }
        // Anna gets it too: what arrived there is how an unknown fate becomes known.
        let letter = Letter { lines: self.way.lines, ..Letter::new(&name, &["bob", "anna"]) };
        let id = self.rig.queue(letter).await;
        let row = self.rig.reaches(id, &[OutboxState::Done, OutboxState::Unknown]).await;
        if row.state == OutboxState::Unknown {
            assert!(row.attempts == 1 && !row.reply.is_empty(), "it says why: {told} {row:?}");
        }
        self.sent.push((name, id));
    }

    /// Returns the places of both directions, as an undisturbed dialogue has them.
    async fn places(&mut self) -> Vec<Cut> {
        // The first may differ from all others: nothing is known of the server yet.
        for _ in 0..2 {
            self.send(None).await;
        }
        // A refused token is followed by a second connection.
        let number = self.proxy.connections() - u64::from(self.way.is_stale);
        let (out, back) =
            (self.proxy.forwarded(number, ToServer), self.proxy.forwarded(number, ToClient));
        let ranges = match self.way.part {
            Part::All => [(0, out.len()), (0, back.len())],
            Part::SignIn => {
                let asked = find(&back, b"\n334 ").or_else(|| find(&back, b"\n235 "));
                [
                    (find(&out, b"AUTH ").unwrap(), find(&out, b"MAIL ").unwrap_or(out.len())),
                    (asked.unwrap() + 1, find(&back, b"\n250 OK").unwrap_or(back.len())),
                ]
            }
        };
        let cuts = |direction: Direction, bytes: &[u8], range: (usize, usize)| -> Vec<Cut> {
            let places = places(bytes, range, self.way.most).into_iter();
            places.map(|place| Cut::Within(direction, place)).collect()
        };
        let [there, here] = ranges;
        [cuts(ToServer, &out, there), cuts(ToClient, &back, here)].concat()
    }

    /// Times that Exim took the message with this name.
    fn taken(log: &str, name: &str) -> usize {
        let id = format!("id={name}@");
        log.lines().filter(|line| line.contains(" <= ") && line.contains(&id)).count()
    }

    /// Sees to it that every message is where it is said to be, once; returns how many are of unknown fate.
    async fn judge(&self) -> usize {
        self.rig
            .until("what was taken is known, and nothing else", || async {
                let log = self.exim.log().unwrap();
                for (name, id) in &self.sent {
                    let (row, taken) = (self.rig.row(*id).await, Self::taken(&log, name));
                    assert!(taken <= 1, "{name} was taken {taken} times");
                    let is_said = match row.state {
                        OutboxState::Done => taken == 1,
                        OutboxState::Unknown => taken == 0,
                        _ => false,
                    };
                    if !is_said {
                        return false;
                    }
                }
                true
            })
            .await;
        let mut arrived = 0;
        for (_, id) in &self.sent {
            arrived += usize::from(self.rig.row(*id).await.state == OutboxState::Done);
        }
        let bob = self.dovecot.mailbox("bob", "INBOX");
        self.rig.until("all are delivered", || async { bob.count().unwrap() >= arrived }).await;
        assert_eq!(bob.count().unwrap(), arrived, "each once");
        self.rig.settled().await;
        assert_eq!(self.dovecot.mailbox("anna", "Sent").count().unwrap(), arrived);
        self.sent.len() - arrived
    }
}

/// Walks one way; returns how many cuts there were, and how many messages stayed of unknown fate.
async fn walk(way: Way) -> (usize, usize) {
    let mut walk = Walk::start(way).await;
    let places = walk.places().await;
    for cut in places.iter().cloned() {
        walk.send(Some(cut)).await;
    }
    // A signature is a byte longer or shorter by chance, so that the last place may lie behind the end.
    let cuts = walk.proxy.cuts() as usize;
    assert!(cuts + 2 >= places.len(), "{cuts} of {places:?}");
    let unknown = walk.judge().await;
    eprintln!("{way:?}: {cuts} cuts, {unknown} of unknown fate");
    walk.rig.sync.shutdown().await;
    (cuts, unknown)
}

async fn signs_in(way: Way, least: usize) {
    let (cuts, unknown) = walk(way).await;
    assert!(cuts >= least, "every step was cut: {cuts}");
    assert_eq!(unknown, 0, "before the dot everything is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_its_handshake_and_all_behind_it_cost_no_copy_and_make_none() {
    let (cuts, _) = walk(Way { encryption: Encryption::StartTls, part: Part::All, ..OPEN }).await;
    assert!(cuts > 50, "{cuts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_from_the_first_byte_costs_no_copy_and_makes_none() {
    let (cuts, _) = walk(Way { encryption: Encryption::Tls, part: Part::All, ..OPEN }).await;
    assert!(cuts > 50, "{cuts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_questions_of_login() {
    signs_in(by("LOGIN"), 12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_challenges_of_scram() {
    signs_in(by("SCRAM-SHA-256"), 12).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_follows_on_a_line_of_its_own() {
    signs_in(Way { has_long_password: true, ..OPEN }, 8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_the_words_about_one_that_is_refused() {
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        signs_in(by_token(mechanism, false), 4).await;
        signs_in(by_token(mechanism, true), 8).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_cut_all_along_costs_no_copy_and_makes_none() {
    // 430 kB.
    let (cuts, _) = walk(Way { lines: 6_000, part: Part::All, most: 16, ..OPEN }).await;
    assert!(cuts > 30, "{cuts}");
}
