//! Answers questions on the working connection: about folders (STATUS with the size, GETQUOTAROOT, MYRIGHTS), and what a
//! person typed into the console.

use posthorn_imap::MailboxName;
use posthorn_model::MailboxId;
use posthorn_store::mailbox;

use crate::engine::Account;
use crate::event::SyncEvent;
use crate::facts::{FolderFacts, Question};
use crate::failure::Failure;
use crate::imap::connect::Connection;
use crate::problem::Problem;

/// Answers a question. A broken connection is an error for both: who asked, and who owns the connection.
pub(crate) async fn answer(
    account: &Account,
    connection: &mut Connection,
    question: Question,
) -> Result<(), Failure> {
    // The one who asked may have gone.
    match question {
        Question::Folder(mailbox, sender) => {
            let (answer, result) = told(ask(account, connection, mailbox).await, &connection.host);
            let _ = sender.send(answer);
            result
        }
        Question::Prompt(prompt, sender) => {
            let answer = connection.session.prompt(&prompt).await.map_err(Failure::from);
            let (answer, result) = told(answer, &connection.host);
            let _ = sender.send(answer);
            result
        }
    }
}

/// Splits what became of a question into what the asker is told and what the owner of the connection must know.
fn told<T>(result: Result<T, Failure>, host: &str) -> (Result<T, Problem>, Result<(), Failure>) {
    match result {
        Ok(answer) => (Ok(answer), Ok(())),
        Err(failure) => {
            let failure = failure.at(host);
            let is_over = !matches!(&failure, Failure::Imap { error, .. } if !error.is_fatal());
            (Err(failure.problem()), if is_over { Err(failure) } else { Ok(()) })
        }
    }
}

async fn ask(
    account: &Account,
    connection: &mut Connection,
    id: MailboxId,
) -> Result<FolderFacts, Failure> {
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
