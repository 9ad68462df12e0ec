//! Answers questions about folders on the working connection: STATUS with the size, GETQUOTAROOT, MYRIGHTS.

use posthorn_imap::MailboxName;
use posthorn_store::mailbox;

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::facts::{FolderFacts, Question};
use crate::failure::Failure;
use crate::imap::connect::Connection;

/// Answers a question. A broken connection is an error for both: who asked, and who owns the connection.
pub(crate) async fn answer(
    account: &Account,
    connection: &mut Connection,
    question: Question,
) -> Result<(), Failure> {
    let result = ask(account, connection, &question).await;
    let (answer, failure) = match result {
        Ok(facts) => (Ok(facts), None),
        Err(failure) => {
            let failure = failure.at(&connection.host);
            let is_over = !matches!(&failure, Failure::Imap { error, .. } if !error.is_fatal());
            (Err(failure.problem()), is_over.then_some(failure))
        }
    };
    // The one who asked may have gone.
    let _ = question.answer.send(answer);
    failure.map_or(Ok(()), Err)
}

async fn ask(
    account: &Account,
    connection: &mut Connection,
    question: &Question,
) -> Result<FolderFacts, Failure> {
    let id = question.mailbox;
    let folder = account.store().read(move |tx| mailbox::get(tx, id)).await?;
    let name = MailboxName::from_wire(folder.path.clone());
    let status = connection.session.properties(&name).await?;
    let quotas = match connection.session.quotas(&name).await {
        Err(error) if error.is_fatal() => return Err(error.into()),
        // What is refused is not known.
        answer => answer.unwrap_or_default(),
    };
    let rights = match connection.session.rights(std::slice::from_ref(&name)).await {
        Err(error) if error.is_fatal() => return Err(error.into()),
        answer => answer.unwrap_or_default().into_iter().next().map(|(_, rights)| rights),
    };
    if let Some(rights) = &rights
        && account.facts.set_rights(id, rights.clone())
    {
        account.engine.board.tell(SyncEvent::FoldersKnown(account.id));
    }
    Ok(FolderFacts {
        messages: status.messages,
        unseen: status.unseen,
        size: status.size,
        append_limit: status.append_limit.or(connection.session.append_limit()),
        quotas,
        rights,
        is_foreign: connection.namespaces.is_foreign(&name),
        at: account.now(),
    })
}
