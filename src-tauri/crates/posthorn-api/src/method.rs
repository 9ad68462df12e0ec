//! The one table of methods.
//!
//! `noun.verb` on the wire; the shell's command is the same with an underscore (`accounts_list`). Every method takes
//! one object and answers with one, or fails with [`Error`].

mod signature;

use serde_json::Value;
pub use signature::Signature;

use crate::account::{
    accounts_add, accounts_check_now, accounts_discover, accounts_list, accounts_open_local,
    accounts_preview_pop_rules, accounts_removal_preview, accounts_remove,
    accounts_set_all_or_nothing, accounts_set_enabled, accounts_set_password, accounts_update,
    accounts_verify, certificates_look, certificates_pin, identities_remove, identities_save,
    signatures_choose, signatures_list, signatures_read_picture, signatures_remove,
    signatures_save, sync_wait,
};
use crate::app::{app_info, app_set_offline, app_unlock_secrets};
use crate::archive::{
    archives_cancel, archives_export, archives_forget, archives_import, archives_list,
};
use crate::console::{console_close, console_commands, console_read, console_run, console_save};
use crate::contact::{contacts_complete, contacts_parse};
#[cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "the table names nearly every type of the contract")
)]
use crate::contract::*;
use crate::download::{downloads_begin, downloads_cancel, downloads_list};
use crate::draft::{
    accounts_set_wishes, drafts_attach_bytes, drafts_attach_paths, drafts_check,
    drafts_choose_identity, drafts_choose_signature, drafts_create, drafts_discard, drafts_get,
    drafts_leave, drafts_list, drafts_remove_attachment, drafts_restore, drafts_save, drafts_send,
    drafts_set_wishes, drafts_signatures, drafts_versions, messages_answer_receipt,
    messages_redirect,
};
use crate::engine::Engine;
use crate::error::Result;
use crate::follow_up::{drafts_set_follow_up, follow_ups_list, follow_ups_remove, follow_ups_set};
use crate::keep::{bodies_get, bodies_set};
use crate::ledger::{ledger_cancel, ledger_prove, ledger_read};
use crate::mailbox::{
    mailboxes_create, mailboxes_delete, mailboxes_empty, mailboxes_list, mailboxes_mark_all_read,
    mailboxes_move, mailboxes_order, mailboxes_properties, mailboxes_rename, mailboxes_set_look,
    mailboxes_set_role, mailboxes_set_subscribed,
};
use crate::maildrop::{
    maildrops_close, maildrops_download, maildrops_keep, maildrops_look, maildrops_preview,
    maildrops_read, maildrops_remove, maildrops_rules, maildrops_set_rules, maildrops_stop,
    maildrops_try_rules,
};
use crate::message::{
    attachments_preview, attachments_save, attachments_stage, invitations_answer, invitations_read,
    messages_allow_remote, messages_fetch_rest, messages_open, messages_print, messages_save,
    messages_set_charset, messages_set_look, messages_source, messages_structure,
    messages_unsubscribe, threads_files, threads_open,
};
use crate::network::{network_get, network_set};
use crate::operation::{
    messages_archive, messages_copy, messages_delete, messages_junk, messages_move,
    messages_not_junk, messages_set_read, messages_set_starred, messages_trash,
    operations_delete_instead, operations_undo, threads_merge, threads_restore, threads_split,
};
use crate::outbox::{
    messages_receipts, outbox_discard, outbox_hold, outbox_list, outbox_receipt, outbox_resend,
    outbox_resolve_unknown, outbox_restore, outbox_schedule, outbox_send_now, outbox_undo,
    outbox_unsent,
};
use crate::people::{
    groups_complete, groups_list, groups_remove, groups_save, people_export, people_find,
    people_import, people_remove, people_save, people_search,
};
use crate::setting::{settings_get, settings_set};
use crate::sign_in::{sign_in_begin, sign_in_cancel, sign_in_wait};
use crate::storage::{mailboxes_facts, storage_overview, storage_propose};
use crate::template::{templates_list, templates_remove, templates_save};
use crate::view::{views_close, views_find, views_open, views_range};

/// Calls `$with!` with the table: `"name", parameters, answer;` a line.
macro_rules! methods {
    ($with:ident) => {
        $with! {
            /// Facts about the running application.
            "app.info" app_info(Nothing) -> AppInfo;
            /// Opens or creates the encrypted file of passwords.
            "app.unlockSecrets" app_unlock_secrets(UnlockSecrets) -> Nothing;
            /// Closes all connections, or opens them again.
            "app.setOffline" app_set_offline(SetOffline) -> Nothing;

            /// Lists the accounts in their order.
            "accounts.list" accounts_list(Nothing) -> Vec<Account>;
            /// Finds the servers of an address; steps arrive as events.
            "accounts.discover" accounts_discover(Discover) -> Discovery;
            /// Logs in on both servers and saves nothing.
            "accounts.verify" accounts_verify(AccountDraft) -> Verification;
            /// Logs in on both servers, and saves the account when both succeed.
            "accounts.add" accounts_add(AccountDraft) -> AccountSaved;
            /// Changes an account; servers that changed are verified first.
            "accounts.update" accounts_update(AccountDraft) -> AccountSaved;
            /// Gives an account a new password, verified first.
            "accounts.setPassword" accounts_set_password(SetPassword) -> AccountSaved;
            /// Switches an account on or off.
            "accounts.setEnabled" accounts_set_enabled(SetEnabled) -> Nothing;
            /// Says what removing an account would do.
            "accounts.removalPreview" accounts_removal_preview(ById) -> RemovalPreview;
            /// Removes an account and its mail from this computer.
            "accounts.remove" accounts_remove(RemoveAccount) -> Nothing;
            /// Says what rules would do to a POP3 maildrop.
            "accounts.previewPopRules" accounts_preview_pop_rules(PreviewPopRules) -> PopRulesPreview;
            /// Gives the account of this computer's own folders, and makes it where there is none.
            "accounts.openLocal" accounts_open_local(Nothing) -> Account;
            /// Says what happens when a recipient is refused.
            "accounts.setAllOrNothing" accounts_set_all_or_nothing(SetAllOrNothing) -> Nothing;
            /// Chooses what an account's messages ask for unless they are told otherwise.
            "accounts.setWishes" accounts_set_wishes(SetWishes) -> Nothing;
            /// Adds a name and address to send as, or changes one.
            "identities.save" identities_save(IdentityDraft) -> IdentitySaved;
            /// Removes a name and address to send as.
            "identities.remove" identities_remove(RemoveIdentity) -> Account;
            /// Lists the signatures of an identity.
            "signatures.list" signatures_list(ById) -> Signatures;
            /// Adds a signature or changes one; answers with all of its identity.
            "signatures.save" signatures_save(SignatureWords) -> Signatures;
            /// Reads a picture of a file for a signature that is being written.
            "signatures.readPicture" signatures_read_picture(ReadPicture) -> SignatureImage;
            /// Removes a signature; answers with the others.
            "signatures.remove" signatures_remove(SignatureRef) -> Signatures;
            /// Chooses what an identity signs with.
            "signatures.choose" signatures_choose(ChooseSignatures) -> Signatures;
            /// Fetches mail now.
            "accounts.checkNow" accounts_check_now(CheckNow) -> Nothing;
            /// Gives the way to the servers.
            "network.get" network_get(Nothing) -> Network;
            /// Chooses the way to the servers.
            "network.set" network_set(SetNetwork) -> Network;
            /// Asks a server for its certificate; nothing secret is sent.
            "certificates.look" certificates_look(LookAtCertificate) -> PresentedCertificate;
            /// Accepts exactly one certificate for a server of an account, or takes that back.
            "certificates.pin" certificates_pin(PinCertificate) -> Account;
            /// Begins a sign-in through the browser.
            "signIn.begin" sign_in_begin(BeginSignIn) -> SignInBegun;
            /// Waits until the user came back from the browser.
            "signIn.wait" sign_in_wait(SignInTicket) -> SignedIn;
            /// Ends a sign-in that is not wanted any more.
            "signIn.cancel" sign_in_cancel(SignInTicket) -> Nothing;
            /// Waits until synchronisation has come to rest.
            "sync.wait" sync_wait(SyncWait) -> SyncWaited;

            /// Lists the folders of all accounts.
            "mailboxes.list" mailboxes_list(Nothing) -> Vec<Mailbox>;
            /// Creates a folder.
            "mailboxes.create" mailboxes_create(CreateMailbox) -> Undoable;
            /// Renames a folder.
            "mailboxes.rename" mailboxes_rename(RenameMailbox) -> Undoable;
            /// Deletes a folder with its messages.
            "mailboxes.delete" mailboxes_delete(ById) -> Undoable;
            /// Moves a folder below another one, or to the top.
            "mailboxes.move" mailboxes_move(MoveMailbox) -> Undoable;
            /// Subscribes to a folder, or ends that.
            "mailboxes.setSubscribed" mailboxes_set_subscribed(SubscribeMailbox) -> Undoable;
            /// Says what a folder is for.
            "mailboxes.setRole" mailboxes_set_role(MailboxRoleChoice) -> Nothing;
            /// Changes how a folder looks here.
            "mailboxes.setLook" mailboxes_set_look(MailboxLook) -> Nothing;
            /// Orders folders of one parent.
            "mailboxes.order" mailboxes_order(MailboxOrder) -> Nothing;
            /// Gives what is known of a folder.
            "mailboxes.properties" mailboxes_properties(ById) -> MailboxProperties;
            /// Asks the server about a folder: quotas, size, rights.
            "mailboxes.facts" mailboxes_facts(ById) -> FolderFacts;
            /// Deletes everything in the trash or in junk for good; it can be taken back for a moment.
            "mailboxes.empty" mailboxes_empty(ById) -> Undoable;
            /// Marks everything in a folder as read.
            "mailboxes.markAllRead" mailboxes_mark_all_read(ById) -> Undoable;

            /// Gives the ledger: what servers have, and what is here.
            "ledger.read" ledger_read(ReadLedger) -> Ledger;
            /// Begins to compare a folder, or all folders of an account, completely; progress arrives as events.
            "ledger.prove" ledger_prove(Prove) -> Nothing;
            /// Ends an account's proof.
            "ledger.cancel" ledger_cancel(ById) -> Nothing;

            /// Gives which messages come whole without being asked for.
            "bodies.get" bodies_get(WhoseBodies) -> BodyPolicies;
            /// Chooses which messages come whole without being asked for; what is here stays.
            "bodies.set" bodies_set(ChooseBodies) -> Nothing;

            /// Gives what was said on connections, and waits for it; opens the console.
            "console.read" console_read(ReadConsole) -> ConsoleLines;
            /// Closes the console.
            "console.close" console_close(Nothing) -> Nothing;
            /// Writes what the console keeps into a file.
            "console.save" console_save(SaveConsole) -> Saved;
            /// Names the commands that the prompt runs.
            "console.commands" console_commands(Nothing) -> ConsoleCommands;
            /// Runs a harmless command on an account's working connection.
            "console.run" console_run(ConsoleCommand) -> ConsoleAnswer;

            /// Opens a list.
            "views.open" views_open(ViewSpec) -> OpenedView;
            /// Gives rows of a list.
            "views.range" views_range(RangeOfView) -> ViewRange;
            /// Finds a message in a list.
            "views.find" views_find(FindInView) -> FoundInView;
            /// Closes a list.
            "views.close" views_close(ById) -> Nothing;

            /// Opens a conversation.
            "threads.open" threads_open(OpenConversation) -> Conversation;
            /// Lists the files of a conversation; nothing is fetched.
            "threads.files" threads_files(OpenConversation) -> ThreadFiles;
            /// Makes a conversation of its own of a message, or of it and what came after it.
            "threads.split" threads_split(SplitConversation) -> Undoable;
            /// Makes one conversation of several of one account.
            "threads.merge" threads_merge(OnMessages) -> Undoable;
            /// Takes back what the user did to the conversation of a message: rejoins what was split, separates what was merged.
            "threads.restore" threads_restore(ById) -> Undoable;
            /// Opens a message for reading.
            "messages.open" messages_open(OpenMessage) -> OpenedMessage;
            /// Fetches the rest of a message of which only the head came from the POP3 server.
            "messages.fetchRest" messages_fetch_rest(ById) -> Nothing;
            /// Gives a message's raw source.
            "messages.source" messages_source(ById) -> MessageSource;
            /// Says how a message is put together.
            "messages.structure" messages_structure(ById) -> MessageStructure;
            /// Saves a message as a file.
            "messages.save" messages_save(SaveMessage) -> Saved;
            /// Prepares a message for printing.
            "messages.print" messages_print(PrintMessage) -> Printable;
            /// Remembers in which encoding a sender's mail is read.
            "messages.setCharset" messages_set_charset(SetCharset) -> Nothing;
            /// Remembers whose remote pictures load.
            "messages.allowRemote" messages_allow_remote(AllowRemote) -> Nothing;
            /// Remembers how mail of a sender is shown.
            "messages.setLook" messages_set_look(SetLook) -> Nothing;
            /// Leaves the mailing list that a message came through, where that takes one click (RFC 8058).
            "messages.unsubscribe" messages_unsubscribe(ById) -> Nothing;
            /// Gives the invitation of a message as it stands now.
            "invitations.read" invitations_read(ById) -> InvitationOf;
            /// Answers an invitation by a message to whoever invites.
            "invitations.answer" invitations_answer(AnswerInvitation) -> InvitationAnswered;
            /// Marks as read (true) or unread (false).
            "messages.setRead" messages_set_read(Mark) -> Undoable;
            /// Stars (true) or takes the star away (false).
            "messages.setStarred" messages_set_starred(Mark) -> Undoable;
            /// Moves to a folder, also to one of another account.
            "messages.move" messages_move(MoveMessages) -> Undoable;
            /// Copies to a folder, also to one of another account.
            "messages.copy" messages_copy(MoveMessages) -> Undoable;
            /// Moves to the account's archive.
            "messages.archive" messages_archive(OnMessages) -> Undoable;
            /// Moves to the trash; what is in the trash or in junk already is asked for by `messages.delete`.
            "messages.trash" messages_trash(OnMessages) -> Undoable;
            /// Deletes for good.
            "messages.delete" messages_delete(OnMessages) -> Undoable;
            /// Moves to junk and marks with `$Junk`.
            "messages.junk" messages_junk(OnMessages) -> Undoable;
            /// Moves back to the inbox and marks with `$NotJunk`.
            "messages.notJunk" messages_not_junk(OnMessages) -> Undoable;
            /// Gives the receipts of a message that was sent from here; none where it was sent elsewhere.
            "messages.receipts" messages_receipts(ById) -> Vec<SendReceipt>;
            /// Answers somebody who asked to be told that a message was read, or says that nobody will.
            "messages.answerReceipt" messages_answer_receipt(AnswerReceipt) -> Nothing;
            /// Sends a message on as it came, to others.
            "messages.redirect" messages_redirect(RedirectMessage) -> OutboxItem;
            /// Takes an operation back.
            "operations.undo" operations_undo(ById) -> Undoable;
            /// Deletes for good what could not be moved to the trash, because there is no room.
            "operations.deleteInstead" operations_delete_instead(ById) -> Undoable;

            /// Fetches a file of a message where it is not here, and writes it where the user chose.
            "attachments.save" attachments_save(SaveAttachment) -> Saved;
            /// Shows what a file of a message looks like; nothing remote is fetched and nothing runs.
            "attachments.preview" attachments_preview(PreviewAttachment) -> PreviewedFile;
            /// Writes a file of a message to a private temporary folder, for opening; answers with its path.
            "attachments.stage" attachments_stage(AttachmentRef) -> Saved;

            /// Says which large bodies and attachments are on their way.
            "downloads.list" downloads_list(Nothing) -> Vec<Download>;
            /// Fetches a body or attachment, or what is missing of it; answers when all of it is here.
            "downloads.begin" downloads_begin(DownloadRef) -> Nothing;
            /// Stops a download; what came stays.
            "downloads.cancel" downloads_cancel(DownloadRef) -> Nothing;

            /// Begins a draft.
            "drafts.create" drafts_create(NewDraft) -> Draft;
            /// Gives a draft.
            "drafts.get" drafts_get(ById) -> Draft;
            /// Lists the drafts of this computer, newest first.
            "drafts.list" drafts_list(Nothing) -> Vec<Draft>;
            /// Saves a draft.
            "drafts.save" drafts_save(SaveDraft) -> DraftSaved;
            /// Writes a draft as somebody else.
            "drafts.chooseIdentity" drafts_choose_identity(ChooseIdentity) -> Draft;
            /// Says which signatures a draft can have.
            "drafts.signatures" drafts_signatures(ById) -> DraftSignatures;
            /// Puts another signature below a draft.
            "drafts.chooseSignature" drafts_choose_signature(ChooseDraftSignature) -> Draft;
            /// Chooses what a draft asks of those who get it.
            "drafts.setWishes" drafts_set_wishes(SetWishes) -> Nothing;
            /// Chooses when the user is reminded of a draft's message, where nobody answers it.
            "drafts.setFollowUp" drafts_set_follow_up(SetDraftFollowUp) -> Nothing;
            /// Lists the reminders of sent messages, those that are due first.
            "followUps.list" follow_ups_list(Nothing) -> Vec<FollowUp>;
            /// Reminds of a sent message that nobody answers, or at another time.
            "followUps.set" follow_ups_set(SetFollowUp) -> Nothing;
            /// Ends the reminder of a sent message.
            "followUps.remove" follow_ups_remove(ById) -> Nothing;
            /// Throws a draft away.
            "drafts.discard" drafts_discard(ById) -> Nothing;
            /// Keeps a draft whose composer was closed: its copy on the server is made soon.
            "drafts.leave" drafts_leave(ById) -> Nothing;
            /// Lists a draft's earlier versions, newest first.
            "drafts.versions" drafts_versions(ById) -> Vec<DraftVersion>;
            /// Goes back to an earlier version.
            "drafts.restore" drafts_restore(RestoreVersion) -> Draft;
            /// Attaches files.
            "drafts.attachPaths" drafts_attach_paths(AttachPaths) -> Draft;
            /// Attaches bytes.
            "drafts.attachBytes" drafts_attach_bytes(AttachBytes) -> Draft;
            /// Removes a file.
            "drafts.removeAttachment" drafts_remove_attachment(RemoveDraftAttachment) -> Draft;
            /// Says what stands between a draft and its sending.
            "drafts.check" drafts_check(ById) -> SendCheck;
            /// Sends a draft.
            "drafts.send" drafts_send(SendDraft) -> OutboxItem;

            /// Lists the outbox; what is done is left out.
            "outbox.list" outbox_list(Nothing) -> Vec<OutboxItem>;
            /// Takes a message back into a draft, while it can be.
            "outbox.undo" outbox_undo(ById) -> Draft;
            /// Tries now.
            "outbox.sendNow" outbox_send_now(ById) -> Nothing;
            /// Sends what was refused once more, to corrected addresses where some are given.
            "outbox.resend" outbox_resend(ResendRefused) -> Nothing;
            /// Gives the receipt of a message of the outbox.
            "outbox.receipt" outbox_receipt(ById) -> SendReceipt;
            /// Holds a message back, or lets it go.
            "outbox.hold" outbox_hold(HoldMessage) -> Nothing;
            /// Chooses when a message is sent.
            "outbox.schedule" outbox_schedule(ScheduleMessage) -> Nothing;
            /// Takes back that a message was thrown away.
            "outbox.restore" outbox_restore(ById) -> Nothing;
            /// Throws a message of the outbox away; for some minutes that can be taken back.
            "outbox.discard" outbox_discard(ById) -> Nothing;
            /// Says what the user knows of a message whose fate is unknown.
            "outbox.resolveUnknown" outbox_resolve_unknown(ResolveUnknown) -> Nothing;
            /// Counts what quitting now would leave unsent.
            "outbox.unsent" outbox_unsent(Nothing) -> Unsent;

            /// Completes a correspondent.
            "contacts.complete" contacts_complete(Complete) -> Vec<Address>;
            /// Reads pasted text as addresses.
            "contacts.parse" contacts_parse(ParseAddresses) -> ParsedAddresses;

            /// Looks through the address book.
            "people.search" people_search(SearchPeople) -> PeopleFound;
            /// Says who in the address book has an address.
            "people.find" people_find(FindPerson) -> FoundPerson;
            /// Adds somebody to the address book or changes them; answers with what is kept.
            "people.save" people_save(Person) -> Person;
            /// Removes somebody from the address book.
            "people.remove" people_remove(ById) -> Nothing;
            /// Reads a file of contact cards into the address book.
            "people.import" people_import(ImportPeople) -> PeopleImported;
            /// Writes the address book into a file of contact cards.
            "people.export" people_export(ExportPeople) -> Saved;
            /// Lists all groups of addresses by name.
            "groups.list" groups_list(Nothing) -> Vec<AddressGroup>;
            /// Completes a group of addresses by its name.
            "groups.complete" groups_complete(Complete) -> Vec<AddressGroup>;
            /// Adds a group of addresses or changes one; answers with what is kept.
            "groups.save" groups_save(AddressGroup) -> AddressGroup;
            /// Removes a group of addresses.
            "groups.remove" groups_remove(ById) -> Nothing;

            /// Lists all templates by name.
            "templates.list" templates_list(Nothing) -> Vec<Template>;
            /// Saves a template; answers with all.
            "templates.save" templates_save(SaveTemplate) -> Vec<Template>;
            /// Removes a template; answers with the others.
            "templates.remove" templates_remove(ById) -> Vec<Template>;

            /// Imports files (mbox, Maildir, EML) into a folder; how far it is comes as events.
            "archives.import" archives_import(ImportArchive) -> ArchiveJob;
            /// Exports a folder; how far it is comes as events.
            "archives.export" archives_export(ExportArchive) -> ArchiveJob;
            /// Lists imports and exports, the newest first.
            "archives.list" archives_list(Nothing) -> Vec<ArchiveJob>;
            /// Stops an import or export; what it did stays.
            "archives.cancel" archives_cancel(ById) -> Nothing;
            /// Forgets an import or export that is over.
            "archives.forget" archives_forget(ById) -> Nothing;

            /// Says what takes the room of an account.
            "storage.overview" storage_overview(ById) -> StorageOverview;
            /// Proposes messages that could leave the server; `messages.move` to a folder of this computer frees them.
            "storage.propose" storage_propose(ProposeStorage) -> StorageProposal;

            /// Begins to look what is on the server of a POP3 account right now.
            "maildrops.look" maildrops_look(ById) -> Nothing;
            /// Gives what changed in the maildrop browser, and waits for it.
            "maildrops.read" maildrops_read(ReadMaildrop) -> MaildropChanges;
            /// Begins to download messages of a maildrop whole.
            "maildrops.download" maildrops_download(MaildropMessages) -> Nothing;
            /// Begins to delete messages on the server, whether they are here or not; what is kept for ever stays.
            "maildrops.remove" maildrops_remove(MaildropMessages) -> Nothing;
            /// Keeps messages on the server for ever, or ends that.
            "maildrops.keep" maildrops_keep(KeepOnServer) -> Nothing;
            /// Gives the head and the first forty lines of a message on the server.
            "maildrops.preview" maildrops_preview(MaildropMessage) -> MaildropPreview;
            /// Stops what the maildrop browser does; what came stays.
            "maildrops.stop" maildrops_stop(ById) -> Nothing;
            /// Ends the maildrop browser.
            "maildrops.close" maildrops_close(ById) -> Nothing;
            /// Gives the rules before download of a POP3 account, and what they deleted on its server.
            "maildrops.rules" maildrops_rules(ById) -> DropRules;
            /// Replaces the rules before download; they hold from the next look on.
            "maildrops.setRules" maildrops_set_rules(SetDropRules) -> Nothing;
            /// Says what rules would do to what the maildrop browser shows; does nothing.
            "maildrops.tryRules" maildrops_try_rules(SetDropRules) -> DropTrial;

            /// Gives all settings.
            "settings.get" settings_get(Nothing) -> Settings;
            /// Stores all settings.
            "settings.set" settings_set(Settings) -> Nothing;
        }
    };
}

macro_rules! describe {
    ($($(#[doc = $doc:literal])* $name:literal $function:ident($parameters:ty) -> $answer:ty;)*) => {
        /// Names of all methods, in the table's order.
        pub const NAMES: &[&str] = &[$($name),*];

        /// Returns each method's description, for the TypeScript side and for people.
        pub fn signatures(config: &ts_rs::Config) -> Vec<Signature> {
            use ts_rs::TS;
            vec![$(Signature {
                name: $name,
                doc: concat!($($doc),*).trim(),
                parameters: <$parameters as TS>::name(config),
                answer: <$answer as TS>::name(config),
            }),*]
        }

        /// Shows `visitor` the types of all parameters and answers.
        pub fn visit_types(visitor: &mut impl ts_rs::TypeVisitor) {
            $(visitor.visit::<$parameters>(); visitor.visit::<$answer>();)*
        }
    };
}

methods!(describe);

/// Reads a call's parameters.
fn read<T: serde::de::DeserializeOwned>(parameters: Value) -> Result<T> {
    serde_json::from_value(parameters)
        .map_err(|error| Error::invalid("The parameters do not fit the method").with(error))
}

/// Writes a call's answer.
fn write<T: serde::Serialize>(answer: T) -> Result<Value> {
    serde_json::to_value(answer)
        .map_err(|error| Error::new(Code::Internal, "An answer cannot be written").with(error))
}

macro_rules! dispatching {
    ($($(#[doc = $doc:literal])* $name:literal $function:ident($parameters:ty) -> $answer:ty;)*) => {
        /// Calls a method by name.
        pub(crate) async fn dispatch(engine: &Engine, name: &str, parameters: Value) -> Result<Value> {
            match name {
                // Boxed: else the future of every call would be as large as the largest.
                $($name => {
                    let answer: $answer = Box::pin($function(engine, read::<$parameters>(parameters)?)).await?;
                    write(answer)
                })*
                _ => Err(Error::invalid("There is no such method").with(name)),
            }
        }

        /// Returns the method that a command of the shell names.
        pub(crate) fn of_command(command: &str) -> Option<&'static str> {
            match command {
                $(stringify!($function) => Some($name),)*
                _ => None,
            }
        }
    };
}

methods!(dispatching);

#[cfg(test)]
mod example;
