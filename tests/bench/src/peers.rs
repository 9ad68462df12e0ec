//! The same work done by others, in turns with ours, on one server in one run: `mbsync`, `mu` and `mpop`.
//!
//! `mbsync` copies a mailbox into a Maildir and neither parses nor indexes it; `mu` indexes that Maildir; `mpop` fetches
//! a maildrop into a Maildir. Ours stores, threads and indexes. Each begins with nothing and is measured from its start
//! to its end, logins included.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use posthorn_testkit::{MailServer, MailServerOptions};
use tokio::time::Instant;

use crate::child::{self, EngineProcess};
use crate::{engine, floor, imap, median, memory, pop3};

/// One thing that is measured in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    HeadsFloor,
    BodiesFloor,
    OursHeads,
    OursImap,
    Mbsync,
    Mu,
    MbsyncAndMu,
    Pop3Floor,
    OursPop3,
    Mpop,
}

impl Work {
    const ALL: [(Self, &'static str); 10] = [
        (Self::HeadsFloor, "IMAP heads read and dropped (floor)"),
        (Self::OursHeads, "Posthorn, IMAP: all heads listed"),
        (Self::BodiesFloor, "IMAP bodies read and dropped (floor)"),
        (Self::OursImap, "Posthorn, IMAP: stored, threaded, searchable"),
        (Self::Mbsync, "mbsync, FSync off: stored"),
        (Self::Mu, "mu index of that"),
        (Self::MbsyncAndMu, "mbsync and mu index"),
        (Self::Pop3Floor, "POP3 RETR pipelined and dropped (floor)"),
        (Self::OursPop3, "Posthorn, POP3: stored, threaded, searchable"),
        (Self::Mpop, "mpop: stored"),
    ];
}

/// Seconds of everything, in the order of the rounds.
#[derive(Debug, Default)]
struct Figures(Vec<(Work, f64)>);

impl Figures {
    fn add(&mut self, work: Work, seconds: f64) {
        self.0.push((work, seconds));
    }

    fn of(&self, work: Work) -> Vec<f64> {
        self.0.iter().filter(|(of, _)| *of == work).map(|(_, seconds)| *seconds).collect()
    }

    fn print(&self) {
        println!("\n{:<50} {:>8} {:>8} {:>8}", "seconds", "median", "least", "most");
        for (work, name) in Work::ALL {
            let all = self.of(work);
            let least = all.iter().copied().fold(f64::INFINITY, f64::min);
            let most = all.iter().copied().fold(0.0, f64::max);
            println!("{name:<50} {:>8.2} {least:>8.2} {most:>8.2}", median(&all));
        }
        println!("\n{:<66} {:>8}", "ratio of the medians", "ours/its");
        for (what, ours, its) in [
            ("heads listed, of the floor", Work::OursHeads, Work::HeadsFloor),
            ("IMAP searchable, of the bodies' floor", Work::OursImap, Work::BodiesFloor),
            ("IMAP searchable, of mbsync", Work::OursImap, Work::Mbsync),
            ("IMAP searchable, of mbsync and mu index", Work::OursImap, Work::MbsyncAndMu),
            ("POP3 searchable, of the floor", Work::OursPop3, Work::Pop3Floor),
            ("POP3 searchable, of mpop", Work::OursPop3, Work::Mpop),
        ] {
            let ratio = median(&self.of(ours)) / median(&self.of(its));
            println!("{what:<66} {ratio:>8.2}");
        }
    }
}

/// Runs everything in turns, `rounds` times, and prints the table.
pub(crate) async fn run(messages: usize, rounds: usize) -> Result<()> {
    println!("\nPosthorn beside others, {messages} messages, {rounds} rounds in turns");
    let server = MailServer::start(MailServerOptions::default())?;
    pop3::fill(&server, "bench", messages)?;
    let (imap_port, pop3_port) = (server.dovecot.imap_port(), server.dovecot.pop3_port());
    // The first reading makes the server parse and cache.
    floor::imap_fetch(imap_port, "bench", imap::HEADS)?;
    floor::imap_fetch(imap_port, "bench", "BODY.PEEK[]")?;
    let mut figures = Figures::default();
    for round in 1..=rounds {
        println!("round {round}");
        figures.add(Work::HeadsFloor, floor::imap_fetch(imap_port, "bench", imap::HEADS)?.0);
        figures.add(Work::BodiesFloor, floor::imap_fetch(imap_port, "bench", "BODY.PEEK[]")?.0);
        ours(&server, "imap", messages, &mut figures).await?;
        let folder = tempfile::tempdir()?;
        let copied = mbsync(folder.path(), imap_port, messages)?;
        let indexed = mu(folder.path())?;
        figures.add(Work::Mbsync, copied);
        figures.add(Work::Mu, indexed);
        figures.add(Work::MbsyncAndMu, copied + indexed);
        figures.add(Work::Pop3Floor, floor::pop3_retr(pop3_port, "bench", messages)?.0);
        ours(&server, "pop3", messages, &mut figures).await?;
        figures.add(Work::Mpop, mpop(pop3_port, messages)?);
    }
    figures.print();
    Ok(())
}

/// Our first synchronisation of a fresh profile.
async fn ours(
    server: &MailServer,
    protocol: &str,
    messages: usize,
    figures: &mut Figures,
) -> Result<()> {
    let is_imap = protocol == "imap";
    let port = if is_imap { server.dovecot.imap_port() } else { server.dovecot.pop3_port() };
    let profile = tempfile::tempdir()?;
    let begun = Instant::now();
    let engine = EngineProcess::open(profile.path(), "memory", &[])?;
    engine::add_account(&engine, "bench", protocol, port, server.exim.smtp_port()).await?;
    if is_imap {
        let listed = imap::until_rows(&engine, messages as u64, begun).await?;
        figures.add(Work::OursHeads, listed);
    }
    let searchable = imap::until_searchable(&engine, messages as u64, begun).await?;
    figures.add(if is_imap { Work::OursImap } else { Work::OursPop3 }, searchable);
    println!("  Posthorn, {protocol}: peak memory {:.0} MiB", memory::peak_mib_of(engine.id()));
    Ok(())
}

/// Copies a mailbox into a Maildir below `folder`, beside the configuration for doing so again.
pub(crate) fn mbsync(folder: &Path, port: u16, messages: usize) -> Result<f64> {
    let place = folder.display();
    let configuration = format!(
        "FSync no\n\
         IMAPStore far\nHost 127.0.0.1\nPort {port}\nUser bench\nPass {password}\nSSLType None\nAuthMechs LOGIN\n\n\
         MaildirStore near\nPath {place}/mail/\nInbox {place}/mail/INBOX\n\n\
         Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nCreate Near\nSync Pull\nSyncState *\n",
        password = posthorn_testkit::PASSWORD
    );
    std::fs::create_dir(folder.join("mail"))?;
    let file = folder.join("mbsyncrc");
    std::fs::write(&file, configuration)?;
    let begun = Instant::now();
    child::run("mbsync", &[OsStr::new("-c"), file.as_os_str(), OsStr::new("-a")])?;
    let seconds = begun.elapsed().as_secs_f64();
    expect_files(&folder.join("mail/INBOX"), messages, "mbsync")?;
    Ok(seconds)
}

/// Indexes what `mbsync` copied.
fn mu(folder: &Path) -> Result<f64> {
    let home = format!("--muhome={}", folder.join("mu").display());
    let mail = format!("--maildir={}", folder.join("mail").display());
    let begun = Instant::now();
    child::run("mu", &["init", &home, &mail].map(OsStr::new))?;
    child::run("mu", &["index", &home, "--quiet"].map(OsStr::new))?;
    Ok(begun.elapsed().as_secs_f64())
}

fn mpop(port: u16, messages: usize) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let place = folder.path().display();
    for part in ["", "cur", "new", "tmp"] {
        std::fs::create_dir(folder.path().join("mail").join(part))?;
    }
    let configuration = format!(
        "account all\nhost 127.0.0.1\nport {port}\nuser bench\npassword {}\ntls off\nauth user\nkeep on\n\
         uidls_file {place}/uidls\ndelivery maildir {place}/mail\n",
        posthorn_testkit::PASSWORD
    );
    let file = folder.path().join("mpoprc");
    std::fs::write(&file, configuration)?;
    // It refuses a file with a password that others can read.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
    let begun = Instant::now();
    let words = [OsStr::new("-C"), file.as_os_str(), OsStr::new("-q"), OsStr::new("-a")];
    child::run("mpop", &words)?;
    let seconds = begun.elapsed().as_secs_f64();
    expect_files(&folder.path().join("mail"), messages, "mpop")?;
    Ok(seconds)
}

/// A figure counts only when the work was done.
fn expect_files(maildir: &Path, messages: usize, program: &str) -> Result<()> {
    let mut found = 0;
    for part in ["cur", "new"] {
        let folder = maildir.join(part);
        found += std::fs::read_dir(&folder)
            .with_context(|| format!("reading {}", folder.display()))?
            .count();
    }
    if found == messages {
        return Ok(());
    }
    bail!("{program} stored {found} of {messages} messages")
}
