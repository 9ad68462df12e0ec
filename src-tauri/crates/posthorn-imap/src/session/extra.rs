//! What servers may offer beyond mail itself: COMPRESS (RFC 4978), NOTIFY (RFC 5465), QUOTA (RFC 9208), ACL (RFC 4314),
//! APPENDLIMIT (RFC 7889), UTF8=ACCEPT (RFC 6855).

use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::response::Untagged;
use crate::{Error, MailboxName, MailboxStatus, Namespaces, Quota, Result, Rights};

/// The counts of each mailbox that NOTIFY told at its beginning.
pub type Watched = Vec<(MailboxName, MailboxStatus)>;

/// What a server says when one is introduced.
#[derive(Clone, Debug, Default)]
pub struct Introduction {
    /// What it says about itself (RFC 2971): keys in lower case. Empty where it says nothing.
    pub server: Vec<(String, String)>,
    /// Its namespaces; empty where it does not tell.
    pub namespaces: Namespaces,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Compresses the connection from here on, where the server can; tells whether it is compressed. Only after the
    /// sign-in: what is compressed together with a secret tells something about it.
    pub async fn compress(&mut self) -> Result<bool> {
        if self.connection.shim().is_compressed() {
            return Ok(true);
        }
        if !self.has("COMPRESS=DEFLATE") {
            return Ok(false);
        }
        match self.run(&Command::new("COMPRESS DEFLATE")).await {
            Ok(_) => {
                self.connection.shim().compress();
                Ok(true)
            }
            Err(Error::No { .. } | Error::Bad { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Introduces us, switches extensions on and asks for the namespaces, in one round trip. What is not offered is
    /// not asked for, what is refused is not used.
    pub async fn introduce(
        &mut self,
        fields: &[(&str, &str)],
        extensions: &[&str],
    ) -> Result<Introduction> {
        let namespace = self.has("NAMESPACE").then(|| Command::new("NAMESPACE"));
        let commands = [self.id_command(fields)?, self.enable_command(extensions), namespace];
        let commands: Vec<Command> = commands.into_iter().flatten().collect();
        let mut answer = Introduction::default();
        for untagged in self.exec_all(&commands).await?.0 {
            match untagged {
                Untagged::Id(fields) => answer.server = fields,
                Untagged::Enabled(list) => self.enabled_now(list),
                Untagged::Namespace(namespaces) => answer.namespaces = namespaces,
                other => self.absorb(other),
            }
        }
        Ok(answer)
    }

    /// Asks the server to tell what happens in all of the user's mailboxes, not only in the open one, and returns
    /// their counts as they are now. From here on events of other mailboxes come as [`Event::Counts`] and
    /// [`Event::Listed`].
    ///
    /// [`Event::Counts`]: crate::Event::Counts
    /// [`Event::Listed`]: crate::Event::Listed
    pub async fn notify(&mut self) -> Result<Watched> {
        if !self.has("NOTIFY") {
            return Err(Error::Unsupported("NOTIFY"));
        }
        let command = |personal: &str| {
            Command::new(format!(
                "NOTIFY SET STATUS (selected (MessageNew MessageExpunge FlagChange)) (personal ({personal}))"
            ))
        };
        let everything = command("MessageNew MessageExpunge FlagChange MailboxName");
        let answer = match self.exec(&everything).await {
            // A server need not know every event (RFC 5465 section 5, BADEVENT); new mail is what counts.
            Err(Error::No { .. } | Error::Bad { .. }) => {
                self.exec(&command("MessageNew MessageExpunge")).await
            }
            answer => answer,
        };
        let mut counts = Vec::new();
        for untagged in answer?.0 {
            match untagged {
                Untagged::MailboxStatus(name, status) => counts.push((name, *status)),
                other => self.absorb(other),
            }
        }
        Ok(counts)
    }

    /// Returns the quotas that hold for a mailbox (GETQUOTAROOT); nothing where the server keeps none, or does not
    /// tell.
    pub async fn quotas(&mut self, name: &MailboxName) -> Result<Vec<Quota>> {
        if !self.has("QUOTA") {
            return Ok(Vec::new());
        }
        let mut quotas = Vec::new();
        for untagged in self.exec(&Command::new("GETQUOTAROOT").mailbox(name)?).await?.0 {
            match untagged {
                Untagged::Quota(quota) => quotas.push(quota),
                other => self.absorb(other),
            }
        }
        Ok(quotas)
    }

    /// Returns what the user may do with each of these mailboxes (MYRIGHTS), in one round trip; one that the server
    /// does not tell about is left out. Empty where the server has no access lists.
    pub async fn rights(&mut self, names: &[MailboxName]) -> Result<Vec<(MailboxName, Rights)>> {
        if !self.has("ACL") {
            return Ok(Vec::new());
        }
        let commands = names
            .iter()
            .map(|name| Command::new("MYRIGHTS").mailbox(name))
            .collect::<Result<Vec<_>>>()?;
        let mut rights = Vec::new();
        for untagged in self.exec_all(&commands).await?.0 {
            match untagged {
                Untagged::MyRights(name, letters) => rights.push((name, Rights::parse(&letters))),
                other => self.absorb(other),
            }
        }
        Ok(rights)
    }

    /// Returns the largest message, in octets, that may be appended anywhere; nothing where the server does not say,
    /// or says it for each mailbox apart ([`MailboxStatus::append_limit`]).
    pub fn append_limit(&self) -> Option<u64> {
        let mut words = self.capabilities().iter();
        words.find_map(|word| word.strip_prefix("APPENDLIMIT=")?.parse().ok())
    }
}
