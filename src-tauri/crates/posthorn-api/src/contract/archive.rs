//! Mail from files and into files.

use super::contract;

contract! {
    /// How exported mail is kept.
    #[derive(Copy, Eq)]
    pub enum ArchiveFormat {
        /// One file a folder (mboxrd).
        Mbox,
        /// One folder a folder, one file a message, flags in the names.
        Maildir,
        /// One file a message.
        Eml,
    }

    /// How far an import or export is.
    #[derive(Copy, Eq)]
    pub enum ArchiveStage {
        /// Under way; it goes on after a stop of the program.
        Running,
        /// Everything that could be done is done.
        Done,
        /// The user stopped it; what was imported stays.
        Cancelled,
        /// It could not go on.
        Failed,
    }

    /// Imports files.
    pub struct ImportArchive {
        /// Files (mbox, EML) and folders (Maildir, folders of such files, profiles of other programs); absolute.
        pub paths: Vec<String>,
        /// Folder that takes the messages; folders below it are made where the files have folders.
        pub mailbox: i64,
    }

    /// Exports a folder.
    pub struct ExportArchive {
        /// Folder.
        pub mailbox: i64,
        /// Where the result is to lie, absolute; it gets the folder's name, with a number where that is taken.
        pub path: String,
        /// How.
        pub format: ArchiveFormat,
        /// With the folders below it.
        pub below: bool,
    }

    /// Something that could not be read.
    pub struct ArchiveTrouble {
        /// File, and where in it; of an export the subject.
        pub place: String,
        /// Why, in English.
        pub reason: String,
    }

    /// An import or an export.
    pub struct ArchiveJob {
        /// Its number.
        pub id: i64,
        /// It exports; else it imports.
        pub exporting: bool,
        /// How far it is.
        pub stage: ArchiveStage,
        /// The folder that takes messages, or gives them.
        pub mailbox: i64,
        /// Steps done.
        pub done: u64,
        /// Steps in all; 0 = not known yet.
        pub total: u64,
        /// Messages that came, or went out.
        pub messages: u64,
        /// Messages that were there already.
        pub known: u64,
        /// Messages that the other program had deleted, which were left out.
        pub skipped: u64,
        /// Messages that could not be read.
        pub unreadable: u64,
        /// The first 100 of these.
        pub troubles: Vec<ArchiveTrouble>,
        /// Export: what was written; empty before that.
        pub result: String,
        /// Why it failed, in English; empty = it did not.
        pub error: String,
        /// When it was asked for.
        pub at: i64,
    }
}
