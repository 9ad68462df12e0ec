//! The folder list: what the server has, what each folder is for, and which of them have news.

use std::collections::{HashMap, HashSet};

use posthorn_imap::{Mailbox as Listing, MailboxName, MailboxStatus};
use posthorn_model::{MailboxId, MailboxRole};
use posthorn_store::mailbox::{self, Listed, Mailbox};

use crate::console::Purpose;
use crate::engine::Account;
use crate::event::SyncEvent;
use crate::failure::Failure;
use crate::imap::connect::{self, Connection};
use crate::imap::follow;
use crate::limit::{FOLDER_LEVELS, FOLDER_NAME, MAILBOXES};
use crate::role::{Candidate, assign};

/// A folder with what the list said about its contents.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// As stored.
    pub(crate) mailbox: Mailbox,
    /// Its counts. Absent where the server gives none with the list.
    pub(crate) status: Option<MailboxStatus>,
}

impl Folder {
    /// Tells whether the counts prove that nothing changed since the last synchronisation.
    pub(crate) fn is_unchanged(&self) -> bool {
        let (Some(status), sync) = (&self.status, &self.mailbox.sync) else { return false };
        // Without mod-seqs the counts say nothing about flags.
        sync.is_complete
            // An expunge need not move the mod-seq.
            && status.messages.map(u64::from) == Some(self.mailbox.total)
            && sync.uid_validity.is_some()
            && sync.uid_validity == status.uid_validity
            && sync.uid_next.is_some()
            && sync.uid_next == status.uid_next
            && sync.highest_modseq.is_some()
            && sync.highest_modseq == status.highest_modseq
    }
}

/// Brings the account's folders in line with the server's and returns those that can be opened, INBOX first.
pub(crate) async fn refresh(
    account: &Account,
    connection: &mut Connection,
) -> Result<Vec<Folder>, Failure> {
    let mut listings = connection.session.list().await?;
    listings.retain(is_sane);
    let listed = listed(&listings);
    let listed = believed(account, listed).await?;
    follow::follow(account, connection, &listings, &listed).await?;
    let id = account.id;
    let mailboxes = account.store().write(move |tx| mailbox::apply_list(tx, id, &listed)).await?;
    let statuses = statuses(connection, &listings, &mailboxes).await?;
    learn_rights(account, connection, &mailboxes).await?;
    learn_prefix(account, connection).await?;
    follow::learn(account, &mailboxes, &statuses).await?;
    let mut mailboxes: Vec<Mailbox> = mailboxes
        .into_iter()
        .filter(|mailbox| mailbox.is_selectable && !mailbox.is_local)
        .collect();
    // Before the rest is left alone, so that INBOX is never among it.
    mailboxes.sort_by_key(|mailbox| rank(mailbox.role));
    let folders = mailboxes
        .into_iter()
        .take(MAILBOXES)
        .map(|mailbox| Folder { status: statuses.get(mailbox.path.as_str()).cloned(), mailbox })
        .collect();
    Ok(folders)
}

/// Returns the counts of folders: those of the list, or where it has none, asked for in one round trip. Only where they
/// can prove something: with mod-seqs, of folders that are completely here.
async fn statuses(
    connection: &mut Connection,
    listings: &[Listing],
    mailboxes: &[Mailbox],
) -> Result<HashMap<String, MailboxStatus>, Failure> {
    let told: HashMap<String, MailboxStatus> = listings
        .iter()
        .filter_map(|listing| Some((listing.name.as_wire().to_owned(), listing.status.clone()?)))
        .collect();
    let session = &mut connection.session;
    if !told.is_empty() || !(session.has("CONDSTORE") || session.has("QRESYNC")) {
        return Ok(told);
    }
    let open = connection.open.map(|(id, _)| id);
    let names: Vec<MailboxName> = mailboxes
        .iter()
        .filter(|mailbox| {
            mailbox.is_selectable
                && !mailbox.is_local
                && mailbox.sync.is_complete
                && mailbox.sync.highest_modseq.is_some()
                && open != Some(mailbox.id)
        })
        .map(|mailbox| MailboxName::from_wire(mailbox.path.clone()))
        .take(MAILBOXES)
        .collect();
    let found = session.statuses(&names).await?;
    Ok(found.into_iter().map(|(name, status)| (name.as_wire().to_owned(), status)).collect())
}

/// Asks what one may do with folders of others, once for each connection and folder.
async fn learn_rights(
    account: &Account,
    connection: &mut Connection,
    mailboxes: &[Mailbox],
) -> Result<(), Failure> {
    let foreign: Vec<(MailboxName, MailboxId)> = mailboxes
        .iter()
        .filter(|mailbox| !mailbox.is_local)
        .map(|mailbox| (MailboxName::from_wire(mailbox.path.clone()), mailbox.id))
        .filter(|(name, _)| connection.namespaces.is_foreign(name))
        .take(MAILBOXES)
        .collect();
    let mut is_new = account.facts.set_foreign(foreign.iter().map(|(_, id)| *id).collect());
    let unknown: Vec<MailboxName> = foreign
        .iter()
        .filter(|(_, id)| account.facts.rights(*id).is_none())
        .map(|(name, _)| name.clone())
        .collect();
    if !unknown.is_empty() {
        let ids: HashMap<MailboxName, MailboxId> = foreign.into_iter().collect();
        for (name, rights) in connection.session.rights(&unknown).await? {
            if let Some(id) = ids.get(&name) {
                is_new |= account.facts.set_rights(*id, rights);
            }
        }
    }
    if is_new {
        account.engine.board.tell(SyncEvent::FoldersKnown(account.id));
    }
    Ok(())
}

/// Writes down what the names of new folders at the top begin with, so that they can be made without a connection too.
async fn learn_prefix(account: &Account, connection: &Connection) -> Result<(), Failure> {
    let (id, prefix) = (account.id, connection.namespaces.personal_prefix().to_owned());
    let known = account.store().read(move |tx| mailbox::prefix(tx, id)).await?;
    if known != prefix {
        account.store().write(move |tx| mailbox::set_prefix(tx, id, &prefix)).await?;
    }
    Ok(())
}

/// Returns in which order folders are synchronised.
pub(crate) fn rank(role: MailboxRole) -> u8 {
    match role {
        MailboxRole::Inbox => 0,
        MailboxRole::Sent => 1,
        MailboxRole::Drafts => 2,
        MailboxRole::Archive => 3,
        MailboxRole::Other => 4,
        MailboxRole::Trash => 5,
        MailboxRole::Junk => 6,
        MailboxRole::All => 7,
    }
}

/// Tells whether a folder can be somebody's.
fn is_sane(listing: &Listing) -> bool {
    listing.name.as_wire().len() <= FOLDER_NAME
}

fn listed(listings: &[Listing]) -> Vec<Listed> {
    let names = |listing: &Listing| -> Vec<String> {
        let name = listing.name.display();
        match listing.delimiter {
            Some(delimiter) => name.splitn(FOLDER_LEVELS, delimiter).map(str::to_owned).collect(),
            None => vec![name],
        }
    };
    let candidates: Vec<Candidate> = listings
        .iter()
        .map(|listing| Candidate {
            names: names(listing),
            marked: Some(listing.role()).filter(|role| *role != MailboxRole::Other),
        })
        .collect();
    let has_subscriptions = listings.iter().any(Listing::is_subscribed);
    listings
        .iter()
        .zip(assign(&candidates))
        .zip(&candidates)
        .map(|((listing, role), candidate)| Listed {
            path: listing.name.as_wire().to_owned(),
            name: candidate.names.last().cloned().unwrap_or_default(),
            delimiter: listing.delimiter.map(String::from).unwrap_or_default(),
            role: if listing.is_selectable() { role } else { MailboxRole::Other },
            is_selectable: listing.is_selectable(),
            is_subscribed: listing.is_subscribed() || !has_subscriptions,
        })
        .collect()
}

/// A list that lacks INBOX, or more than half of the folders that were there, counts only after a fresh connection
/// gave it too; else the folders that only one of both lacks stay.
async fn believed(account: &Account, mut listed: Vec<Listed>) -> Result<Vec<Listed>, Failure> {
    let id = account.id;
    let known = account.store().read(move |tx| mailbox::list(tx, id)).await?;
    let known: Vec<&Mailbox> = known.iter().filter(|mailbox| !mailbox.is_local).collect();
    let paths: HashSet<String> = listed.iter().map(|item| item.path.clone()).collect();
    let gone = known.iter().filter(|mailbox| !paths.contains(&mailbox.path)).count();
    let has_inbox = listed.iter().any(|item| item.role == MailboxRole::Inbox);
    if gone * 2 <= known.len() && (has_inbox || gone == 0) {
        return Ok(listed);
    }
    tracing::warn!(
        account = id.0,
        gone,
        known = known.len(),
        "asking a fresh connection whether so many folders are gone"
    );
    let mut fresh = connect::connect(account, Purpose::Doubting).await?;
    let mut again = fresh.session.list().await?;
    again.retain(is_sane);
    let again = self::listed(&again);
    account.tasks.spawn(fresh.leave());
    listed.extend(again.into_iter().filter(|item| !paths.contains(&item.path)));
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use posthorn_imap::MailboxStatus;
    use posthorn_model::{AccountId, MailboxId, MailboxRole, ModSeq, Uid, UidValidity};
    use posthorn_store::mailbox::{Mailbox, SyncState};

    use super::Folder;

    #[test]
    fn only_proof_spares_a_look() {
        let sync = SyncState {
            uid_validity: Some(UidValidity(7)),
            uid_next: Some(Uid(9)),
            highest_modseq: Some(ModSeq(5)),
            is_complete: true,
            ..SyncState::default()
        };
        let mailbox = Mailbox {
            id: MailboxId(1),
            account: AccountId(1),
            parent: None,
            path: "INBOX".to_owned(),
            name: "INBOX".to_owned(),
            delimiter: "/".to_owned(),
            role: MailboxRole::Inbox,
            is_role_chosen: false,
            sync,
            total: 0,
            unread: 0,
            is_local: false,
            is_selectable: true,
            is_subscribed: true,
            is_favourite: false,
            place: None,
            color: String::new(),
        };
        let status = |modseq: Option<u64>, next| MailboxStatus {
            uid_validity: Some(UidValidity(7)),
            uid_next: Some(Uid(next)),
            highest_modseq: modseq.map(ModSeq),
            messages: Some(0),
            ..MailboxStatus::default()
        };
        let table = [
            (Some(status(Some(5), 9)), true),
            (Some(status(Some(6), 9)), false),
            (Some(status(Some(5), 10)), false),
            (Some(status(None, 9)), false),
            (None, false),
        ];
        for (status, is_unchanged) in table {
            let folder = Folder { mailbox: mailbox.clone(), status };
            assert_eq!(folder.is_unchanged(), is_unchanged, "{:?}", folder.status);
        }
    }
}
