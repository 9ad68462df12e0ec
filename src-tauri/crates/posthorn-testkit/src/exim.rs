//! Exim from a temporary folder: submission on free loopback ports, delivering over LMTP.
//!
//! AUTH PLAIN with any user and [`crate::PASSWORD`]; by other mechanisms where a Dovecot is asked. Mail goes to [`crate::DOMAIN`] and nowhere else. Three local parts
//! are special: `nobody-here` is refused with 550 5.1.1, `busy` with 451 4.2.2, and `gone-later` is taken and comes back. [`Exim::refuse`] switches at run time
//! what everybody gets.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::ServerCertificate;
use crate::folder::ServerFolder;
use crate::identity::Identity;
use crate::port::Port;
use crate::process::ServerProcess;

/// What differs from the defaults.
#[derive(Clone, Debug)]
pub struct EximOptions {
    /// Port of the LMTP server that takes the mail.
    pub lmtp_port: u16,
    /// Offers STARTTLS and opens a port with TLS from the first byte; without it there is no TLS.
    pub certificate: Option<ServerCertificate>,
    /// `SIZE` that the server announces, in Exim's words (`30M`).
    pub message_size_limit: String,
    /// Socket of a Dovecot that says which sign-ins by [`Self::asked_mechanisms`] are right; none: they are not offered.
    pub auth_socket: Option<PathBuf>,
    /// Mechanisms, by their public names, about which that Dovecot is asked; it must know them.
    pub asked_mechanisms: Vec<&'static str>,
    /// Offers AUTH PLAIN, decided here.
    pub has_plain: bool,
    /// Lines put before the ACLs as they are.
    pub extra: String,
}

impl EximOptions {
    /// Returns a server without TLS that delivers to this port.
    pub fn delivering_to(lmtp_port: u16) -> Self {
        Self {
            lmtp_port,
            certificate: None,
            message_size_limit: "30M".to_owned(),
            auth_socket: None,
            asked_mechanisms: vec!["XOAUTH2", "OAUTHBEARER"],
            has_plain: true,
            extra: String::new(),
        }
    }
}

/// What the server answers to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing special.
    #[default]
    Nobody,
    /// 451 to every RCPT.
    RecipientsForNow,
    /// 550 to every RCPT.
    RecipientsForEver,
    /// 451 after the dot.
    MessageForNow,
    /// 550 after the dot.
    MessageForEver,
}

/// The switch's files; the server looks for them at every command.
const SWITCHES: [(Refusal, &str); 4] = [
    (Refusal::RecipientsForNow, "defer-rcpt"),
    (Refusal::RecipientsForEver, "deny-rcpt"),
    (Refusal::MessageForNow, "defer-data"),
    (Refusal::MessageForEver, "deny-data"),
];

/// An Exim of our own. Dropping it ends the server and removes its queue.
#[derive(Debug)]
pub struct Exim {
    // Dropped in this order: the server first, then its folder, then the claim on its ports.
    process: Option<ServerProcess>,
    folder: ServerFolder,
    identity: Identity,
    options: EximOptions,
    smtp: Port,
    smtps: Port,
}

impl Exim {
    /// Starts a server and waits until it listens.
    pub fn start(options: EximOptions) -> Result<Self> {
        let identity = Identity::detect()?;
        let folder = ServerFolder::create("smtp")?;
        let mut server = Self {
            process: None,
            folder,
            identity,
            options,
            smtp: Port::claim()?,
            smtps: Port::claim()?,
        };
        for name in ["spool", "logs"] {
            let path = server.path().join(name);
            std::fs::create_dir(&path)?;
            server.give_away(&path)?;
        }
        for file in ["denied", "passwords"] {
            std::fs::write(server.path().join(file), "")?;
        }
        server.start_again()?;
        Ok(server)
    }

    /// Starts a stopped server on its old ports with its old queue.
    pub fn start_again(&mut self) -> Result<()> {
        if self.process.is_some() {
            bail!("it runs already");
        }
        if let Some(certificate) = &self.options.certificate {
            std::fs::write(self.path().join("certificate.pem"), &certificate.certificate_pem)?;
            let key = self.path().join("key.pem");
            std::fs::write(&key, &certificate.key_pem)?;
            self.give_away(&key)?;
        }
        let configuration = self.path().join("exim.conf");
        std::fs::write(&configuration, self.configuration())?;
        std::fs::set_permissions(&configuration, std::fs::Permissions::from_mode(0o644))?;
        let conf = configuration.to_str().context("the folder's name is not UTF-8")?;
        let command = [program(), "-C", conf, "-bdf", "-q5s"];
        let mut listening = vec![self.smtp_port()];
        if self.options.certificate.is_some() {
            listening.push(self.smtps_port());
        }
        self.process =
            Some(ServerProcess::start(&command, &self.path().join("output"), &listening)?);
        Ok(())
    }

    fn give_away(&self, path: &Path) -> Result<()> {
        self.identity.exim_owner.map_or(Ok(()), |owner| owner.take(path))
    }

    /// Stops the server in order. Its queue stays.
    pub fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop();
        }
    }

    /// Ends the server and every session at once. Its queue stays.
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

    /// Switches what everybody gets from the next command on.
    pub fn refuse(&self, refusal: Refusal) -> Result<()> {
        for (kind, name) in SWITCHES {
            let path = self.path().join(name);
            if kind == refusal {
                std::fs::write(&path, "")?;
            } else if path.exists() {
                std::fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Makes the password of these users wrong from now on (names before `@`); an empty list lets all in again.
    pub fn deny(&self, users: &[&str]) -> Result<()> {
        let lines: String =
            users.iter().map(|user| format!("{user}: x\n")).collect::<Vec<_>>().concat();
        Ok(std::fs::write(self.path().join("denied"), lines)?)
    }

    /// Gives a user (name before `@`) another password, of letters and digits; the one before is wrong from now on.
    pub fn set_password(&self, user: &str, password: &str) -> Result<()> {
        Ok(std::fs::write(self.path().join("passwords"), format!("{user}: {password}\n"))?)
    }

    /// Returns the port of submission, with STARTTLS where there is a certificate.
    pub fn smtp_port(&self) -> u16 {
        self.smtp.number()
    }

    /// Returns the port of submission inside TLS; nothing listens there without a certificate.
    pub fn smtps_port(&self) -> u16 {
        self.smtps.number()
    }

    /// Returns the server's folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns what the server logged so far: arrivals (`<=`), deliveries (`=>`), refusals.
    pub fn log(&self) -> Result<String> {
        let read = |path: PathBuf| {
            if path.exists() { std::fs::read_to_string(path) } else { Ok(String::new()) }
        };
        let rejected = read(self.path().join("logs").join("rejectlog"))?;
        Ok(read(self.path().join("logs").join("mainlog"))? + &rejected)
    }

    fn configuration(&self) -> String {
        let folder = self.path().display();
        let identity = &self.identity;
        let (smtp, smtps, lmtp) = (self.smtp_port(), self.smtps_port(), self.options.lmtp_port);
        let tls = if self.options.certificate.is_some() {
            format!(
                "daemon_smtp_ports = {smtp} : {smtps}\ntls_on_connect_ports = {smtps}\ntls_advertise_hosts = *\n\
                 tls_certificate = {folder}/certificate.pem\ntls_privatekey = {folder}/key.pem\n"
            )
        } else {
            format!("daemon_smtp_ports = {smtp}\ntls_advertise_hosts =\n")
        };
        let asked = |public: &&str, socket: &Path| {
            let (name, socket) = (public.to_lowercase().replace('-', "_"), socket.display());
            format!(
                "{name}:\n  driver = dovecot\n  public_name = {public}\n  server_socket = {socket}\n  server_set_id = $auth1\n"
            )
        };
        let asked: Option<String> = self.options.auth_socket.as_deref().map(|socket| {
            self.options.asked_mechanisms.iter().map(|public| asked(public, socket)).collect()
        });
        format!(
            include_str!("exim/exim.conf"),
            asked = asked.unwrap_or_default(),
            plain = if self.options.has_plain { "yes" } else { "no" },
            user = identity.exim,
            group = identity.exim_group,
            folder = folder,
            domain = crate::DOMAIN,
            password = crate::PASSWORD,
            size = self.options.message_size_limit,
            tls = tls,
            extra = self.options.extra,
            lmtp = lmtp,
        )
    }
}

/// Returns the program: Debian keeps it outside an ordinary user's PATH.
fn program() -> &'static str {
    if Path::new("/usr/sbin/exim4").exists() { "/usr/sbin/exim4" } else { "exim4" }
}

#[cfg(test)]
mod tests;
