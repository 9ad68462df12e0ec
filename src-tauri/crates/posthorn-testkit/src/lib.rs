//! Dev only: real servers from a folder, scripted hostile servers, mail builders, corpus.
//!
//! Three kinds of counterpart for a test, from the most to the least real:
//!
//! * [`Dovecot`], [`Exim`] and both together as [`MailServer`]: the real programs, on free loopback ports, from a
//!   temporary folder, as root and as an ordinary user. They are gone with their folder when the value is dropped,
//!   also when the test process is killed.
//! * [`Proxy`] in front of them, and [`FaultStream`] around any stream: connections that break, stall and trickle.
//! * [`Script`] and [`Peer`]: servers that say exactly what their text says, for everything that no real server does on
//!   demand: one dialogue from beginning to end, or what is answered to which command.
//!
//! [`Mail`] writes messages, [`maildir`] puts them on disk as a server holds them, [`corpus`] finds real ones.
//!
//! Starting functions block for less than a second; they may be called from an async test. Nothing here is shipped.
//!
//! ```no_run
//! use posthorn_testkit::{Mail, MailServer, MailServerOptions, maildir::Delivery};
//!
//! let server = MailServer::start(MailServerOptions::default())?;
//! let inbox = server.dovecot.mailbox("anna", "INBOX");
//! inbox.fill(&[Delivery::new(Mail::new().subject("Lunch?").text("At one.").build())])?;
//! println!("imap 127.0.0.1:{} user anna password test", server.dovecot.imap_port());
//! # anyhow::Ok(())
//! ```

mod certificate;
pub mod corpus;
pub mod demo;
mod domains;
mod dovecot;
mod exim;
mod fault;
mod folder;
mod identity;
mod mail;
pub mod maildir;
pub mod memory;
mod oidc;
mod port;
mod process;
mod proxy;
mod script;
mod server;
mod way;

pub use certificate::{CertificateAuthority, ServerCertificate};
pub use domains::Domains;
pub use dovecot::{Dovecot, DovecotOptions};
pub use exim::{Exim, EximOptions, Refusal};
pub use fault::{Fault, FaultStream};
pub use mail::Mail;
pub use maildir::{Delivery, Maildir};
pub use oidc::OidcProvider;
pub use proxy::{Cut, Direction, Proxy};
pub use script::{Peer, Played, Script, ScriptDelivery, ScriptedPeer, ScriptedServer};
pub use server::{Certificate, MailServer, MailServerOptions};
pub use way::{WayOptions, WayProxy};

/// The password of every user of every server started here.
pub const PASSWORD: &str = "test";

/// The domain whose addresses the servers started here accept.
pub const DOMAIN: &str = "posthorn.test";
