//! Mailboxes from outside: LIST, LSUB, STATUS, NAMESPACE, CREATE, RENAME, DELETE, SUBSCRIBE.

use std::collections::{HashMap, HashSet};

use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::response::Untagged;
use crate::{Error, Mailbox, MailboxName, MailboxStatus, Namespaces, Result};

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<S> {
    /// Lists all mailboxes: with special uses, subscriptions and counts where the server offers them in one
    /// answer (RFC 5258, 6154, 5819), else plainly, with LSUB in the same round trip. An empty list is an error:
    /// every account has an INBOX.
    pub async fn list(&mut self) -> Result<Vec<Mailbox>> {
        let mut wanted = Vec::new();
        if self.has("LIST-EXTENDED") {
            wanted.push("SUBSCRIBED".to_owned());
            if self.has("SPECIAL-USE") {
                wanted.push("SPECIAL-USE".to_owned());
            }
            if self.has("LIST-STATUS") {
                wanted.push(format!("STATUS ({})", self.status_items()));
            }
        }
        if !wanted.is_empty() {
            let command = format!("LIST \"\" \"*\" RETURN ({})", wanted.join(" "));
            match self.list_with(&[Command::new(command)]).await {
                Err(Error::Bad { .. } | Error::No { .. }) => {}
                result => return result,
            }
        }
        self.list_with(&[Command::new("LIST \"\" \"*\""), Command::new("LSUB \"\" \"*\"")]).await
    }

    /// Runs LIST, and beside it what may be refused.
    async fn list_with(&mut self, commands: &[Command]) -> Result<Vec<Mailbox>> {
        let mut mailboxes: Vec<Mailbox> = Vec::new();
        let (mut counts, mut subscribed) = (HashMap::new(), HashSet::new());
        let (untagged, ends) = self.exec_all(commands).await?;
        if let Some(Err(error)) = ends.into_iter().next() {
            self.absorb_all(untagged);
            return Err(error);
        }
        for untagged in untagged {
            match untagged {
                Untagged::List(mailbox) => mailboxes.push(*mailbox),
                Untagged::Subscribed(name) => _ = subscribed.insert(name),
                Untagged::MailboxStatus(name, status) => {
                    counts.insert(name, *status);
                }
                other => self.absorb(other),
            }
        }
        if mailboxes.is_empty() {
            return Err(Error::Protocol("LIST was answered without a mailbox".to_owned()));
        }
        mailboxes.sort_by(|one, other| one.name.cmp(&other.name));
        mailboxes.dedup_by(|later, earlier| later.name == earlier.name);
        for mailbox in &mut mailboxes {
            mailbox.status = counts.remove(&mailbox.name);
            if subscribed.contains(&mailbox.name) && !mailbox.is_subscribed() {
                mailbox.attributes.push("\\subscribed".to_owned());
            }
        }
        Ok(mailboxes)
    }

    fn status_items(&self) -> String {
        let mut items = "MESSAGES UNSEEN UIDNEXT UIDVALIDITY".to_owned();
        if self.has("CONDSTORE") || self.has("QRESYNC") {
            items.push_str(" HIGHESTMODSEQ");
        }
        if self.has("OBJECTID") {
            items.push_str(" MAILBOXID");
        }
        items
    }

    /// Returns the counts of many mailboxes in one round trip; those that the server does not tell about are left out.
    /// For servers without LIST-STATUS. Not for the mailbox that is open.
    pub async fn statuses(
        &mut self,
        names: &[MailboxName],
    ) -> Result<Vec<(MailboxName, MailboxStatus)>> {
        let items = format!(" ({})", self.status_items());
        let commands = names
            .iter()
            .map(|name| Ok(Command::new("STATUS").mailbox(name)?.words(&items)))
            .collect::<Result<Vec<_>>>()?;
        let mut found = Vec::new();
        for untagged in self.exec_all(&commands).await?.0 {
            match untagged {
                Untagged::MailboxStatus(name, status) => found.push((name, *status)),
                other => self.absorb(other),
            }
        }
        Ok(found)
    }

    /// Returns the counts of a mailbox with what costs the server more: its size (RFC 8438) and the largest message
    /// that may be appended to it (RFC 7889), where it tells.
    pub async fn properties(&mut self, name: &MailboxName) -> Result<MailboxStatus> {
        let mut items = self.status_items();
        if self.has("STATUS=SIZE") || self.has("IMAP4REV2") {
            items.push_str(" SIZE");
        }
        if self.has("APPENDLIMIT") {
            items.push_str(" APPENDLIMIT");
        }
        self.status_of(name, &items).await
    }

    /// Returns the counts of a mailbox (STATUS). Not for the one that is open: use NOOP there.
    pub async fn status(&mut self, name: &MailboxName) -> Result<MailboxStatus> {
        let items = self.status_items();
        self.status_of(name, &items).await
    }

    async fn status_of(&mut self, name: &MailboxName, items: &str) -> Result<MailboxStatus> {
        let command = Command::new("STATUS").mailbox(name)?.words(&format!(" ({items})"));
        let mut answer = None;
        for untagged in self.exec(&command).await?.0 {
            match untagged {
                Untagged::MailboxStatus(other, status) if other == *name => answer = Some(*status),
                other => self.absorb(other),
            }
        }
        answer.ok_or_else(|| Error::Protocol("STATUS was answered without counts".to_owned()))
    }

    /// Returns the namespaces (RFC 2342); none where the server does not tell.
    pub async fn namespaces(&mut self) -> Result<Namespaces> {
        if !self.has("NAMESPACE") {
            return Ok(Namespaces::default());
        }
        let mut answer = None;
        for untagged in self.exec(&Command::new("NAMESPACE")).await?.0 {
            match untagged {
                Untagged::Namespace(namespaces) => answer = Some(namespaces),
                other => self.absorb(other),
            }
        }
        answer
            .ok_or_else(|| Error::Protocol("NAMESPACE was answered without namespaces".to_owned()))
    }

    /// Makes a mailbox.
    pub async fn create(&mut self, name: &MailboxName) -> Result<()> {
        self.run(&Command::new("CREATE").mailbox(name)?).await.map(drop)
    }

    /// Gives a mailbox another name; what is below it follows.
    pub async fn rename(&mut self, from: &MailboxName, to: &MailboxName) -> Result<()> {
        self.run(&Command::new("RENAME").mailbox(from)?.mailbox(to)?).await.map(drop)
    }

    /// Removes a mailbox and all its messages, for good.
    pub async fn delete(&mut self, name: &MailboxName) -> Result<()> {
        self.run(&Command::new("DELETE").mailbox(name)?).await.map(drop)
    }

    /// Subscribes to a mailbox.
    pub async fn subscribe(&mut self, name: &MailboxName) -> Result<()> {
        self.run(&Command::new("SUBSCRIBE").mailbox(name)?).await.map(drop)
    }

    /// Ends a subscription.
    pub async fn unsubscribe(&mut self, name: &MailboxName) -> Result<()> {
        self.run(&Command::new("UNSUBSCRIBE").mailbox(name)?).await.map(drop)
    }
}
