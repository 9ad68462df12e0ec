//! Dovecot from a temporary folder: IMAP, POP3 and LMTP on free loopback ports.
//!
//! Every user exists and has the password [`crate::PASSWORD`]; the part of a login before `@` is the user's name.
//! Mail lies in Maildirs below the folder, so tests fill and inspect it on disk ([`Dovecot::mailbox`]).

mod config;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::folder::ServerFolder;
use crate::identity::Identity;
use crate::maildir::Maildir;
use crate::port::Port;
use crate::process::ServerProcess;
use crate::{CertificateAuthority, ServerCertificate};

/// What differs from the defaults.
#[derive(Clone, Debug, Default)]
pub struct DovecotOptions {
    /// Offers STARTTLS and STLS on the plain ports and opens `imaps` and `pop3s`; without it there is no TLS.
    pub certificate: Option<ServerCertificate>,
    /// Refuses logins before TLS (`disable_plaintext_auth`). Needs [`Self::certificate`].
    pub is_tls_required: bool,
    /// Replaces the whole CAPABILITY list after login (`IMAP4rev1 IDLE`, say): a poorer server than Dovecot is.
    /// Commands that it no longer names still work.
    pub imap_capability: Option<String>,
    /// Plugins for every protocol (`quota`, `acl`).
    pub mail_plugins: Vec<String>,
    /// Plugins for IMAP alone (`imap_zlib`, `imap_quota`).
    pub imap_plugins: Vec<String>,
    /// Takes access tokens (XOAUTH2, OAUTHBEARER) besides passwords, and asks there whose they are (RFC 7662).
    pub introspection_url: Option<String>,
    /// Configuration lines appended as they are.
    pub extra: String,
}

/// The ports of one server; they stay the same over stop and start.
#[derive(Debug)]
struct Ports {
    imap: Port,
    imaps: Port,
    pop3: Port,
    pop3s: Port,
    lmtp: Port,
}

/// A Dovecot of our own. Dropping it ends the server and removes its mail.
#[derive(Debug)]
pub struct Dovecot {
    // Dropped in this order: the server first, then its folder, then the claim on its ports.
    process: Option<ServerProcess>,
    folder: ServerFolder,
    identity: Identity,
    options: DovecotOptions,
    ports: Ports,
}

impl Dovecot {
    /// Starts a server and waits until it listens.
    pub fn start(options: DovecotOptions) -> Result<Self> {
        let ports = Ports {
            imap: Port::claim()?,
            imaps: Port::claim()?,
            pop3: Port::claim()?,
            pop3s: Port::claim()?,
            lmtp: Port::claim()?,
        };
        let identity = Identity::detect()?;
        let folder = ServerFolder::create("imap")?;
        let mut server = Self { process: None, folder, identity, options, ports };
        std::fs::create_dir(server.mail_root())?;
        if let Some(owner) = server.identity.mail_owner {
            owner.take(&server.mail_root())?;
        }
        for file in ["denied", "passwords"] {
            std::fs::write(server.path().join(file), "")?;
        }
        server.start_again()?;
        Ok(server)
    }

    /// Starts a stopped server on its old ports with its old mail.
    pub fn start_again(&mut self) -> Result<()> {
        if self.process.is_some() {
            bail!("it runs already");
        }
        let configuration = self.path().join("dovecot.conf");
        if let Some(certificate) = &self.options.certificate {
            std::fs::write(self.path().join("certificate.pem"), &certificate.certificate_pem)?;
            std::fs::write(self.path().join("key.pem"), &certificate.key_pem)?;
        }
        if let Some(url) = &self.options.introspection_url {
            let lines = format!(
                "introspection_url = {url}\nintrospection_mode = post\nforce_introspection = yes\n\
                 username_attribute = username\nusername_format = %n\nactive_attribute = active\nactive_value = true\n"
            );
            std::fs::write(self.path().join("oauth2.conf"), lines)?;
        }
        std::fs::write(&configuration, self.configuration()?)?;
        // What a killed server leaves here (its process id, its sockets) is gone after a real power cut as well.
        let run = self.path().join("run");
        if run.exists() {
            std::fs::remove_dir_all(&run).context("removing what the last run left")?;
        }
        let listening: Vec<u16> = self.listening();
        let conf = configuration.to_str().context("the folder's name is not UTF-8")?;
        let command = [program(), "-F", "-c", conf];
        self.process = Some(ServerProcess::start(&command, &self.log_path(), &listening)?);
        Ok(())
    }

    fn listening(&self) -> Vec<u16> {
        let mut ports = vec![self.imap_port(), self.pop3_port(), self.lmtp_port()];
        if self.options.certificate.is_some() {
            ports.extend([self.imaps_port(), self.pop3s_port()]);
        }
        ports
    }

    /// Stops the server in order. Its mail stays.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// Ends the server and every session at once. Its mail stays.
    pub fn kill(&mut self) -> Result<()> {
        match self.process.take() {
            Some(process) => process.kill(),
            None => Ok(()),
        }
    }

    /// Stops and starts it, cutting every connection.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        self.start_again()
    }

    /// Changes the options and restarts.
    pub fn restart_with(&mut self, change: impl FnOnce(&mut DovecotOptions)) -> Result<()> {
        self.stop();
        change(&mut self.options);
        self.start_again()
    }

    /// Tells whether the server runs.
    pub fn is_running(&self) -> bool {
        self.process.as_ref().is_some_and(ServerProcess::is_alive)
    }

    /// Makes the password of these users wrong from now on (names before `@`); an empty list lets all in again.
    /// Sessions that are open stay open.
    pub fn deny(&self, users: &[&str]) -> Result<()> {
        let mut lines = String::new();
        for user in users {
            lines.push_str(user);
            lines.push_str(":x\n");
        }
        std::fs::write(self.path().join("denied"), lines)?;
        self.reload()
    }

    /// Gives a user (name before `@`) another password, of letters and digits; the one before is wrong from now on.
    /// Sessions that are open stay open.
    pub fn set_password(&self, user: &str, password: &str) -> Result<()> {
        std::fs::write(self.path().join("passwords"), format!("{user}:{{PLAIN}}{password}\n"))?;
        self.reload()
    }

    fn reload(&self) -> Result<()> {
        match &self.process {
            Some(process) => process.reload(),
            None => Ok(()),
        }
    }

    /// Returns a user's mailbox on disk; `INBOX` or a path with `/` (`Work/2026`). It need not exist yet.
    pub fn mailbox(&self, user: &str, name: &str) -> Maildir {
        let root = self.mail_root().join(user);
        Maildir::new(root, name, self.identity.mail_owner)
    }

    /// Returns the port of IMAP, with STARTTLS where there is a certificate.
    pub fn imap_port(&self) -> u16 {
        self.ports.imap.number()
    }

    /// Returns the port of IMAP inside TLS; nothing listens there without a certificate.
    pub fn imaps_port(&self) -> u16 {
        self.ports.imaps.number()
    }

    /// Returns the port of POP3, with STLS where there is a certificate.
    pub fn pop3_port(&self) -> u16 {
        self.ports.pop3.number()
    }

    /// Returns the port of POP3 inside TLS; nothing listens there without a certificate.
    pub fn pop3s_port(&self) -> u16 {
        self.ports.pop3s.number()
    }

    /// Returns the port of LMTP, where any mail for any user is taken.
    pub fn lmtp_port(&self) -> u16 {
        self.ports.lmtp.number()
    }

    /// Returns the socket at which other servers ask whether a sign-in is right (Exim's `dovecot` driver).
    pub fn auth_socket(&self) -> PathBuf {
        self.path().join("run").join("auth-client")
    }

    /// Returns the server's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns where the mail of all users lies.
    pub fn mail_root(&self) -> PathBuf {
        self.path().join("mail")
    }

    /// Returns the server's log.
    pub fn log_path(&self) -> PathBuf {
        self.path().join("log")
    }

    /// Returns what the server logged so far.
    pub fn log(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.log_path())?)
    }

    /// Makes an authority and a certificate for `localhost` and `127.0.0.1`.
    pub fn certificate() -> Result<(CertificateAuthority, ServerCertificate)> {
        let authority = CertificateAuthority::create()?;
        let certificate = authority.issue(&["localhost", "127.0.0.1"])?;
        Ok((authority, certificate))
    }
}

/// Returns the program: Debian keeps it outside an ordinary user's PATH.
fn program() -> &'static str {
    if Path::new("/usr/sbin/dovecot").exists() { "/usr/sbin/dovecot" } else { "dovecot" }
}

#[cfg(test)]
mod tests;
