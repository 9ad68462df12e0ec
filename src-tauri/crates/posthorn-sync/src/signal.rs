//! What wakes a worker. Signals of one kind coalesce: a worker that is busy finds them once, when it looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use posthorn_imap::MailboxStatus;
use posthorn_model::MailboxId;
use tokio::sync::Notify;

use crate::facts::Question;

/// What was asked of a worker since it last looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Look at everything now, and prove that the connections live.
    pub(crate) check: bool,
    /// Prove that the working connection lives.
    pub(crate) probe: bool,
    /// Operations wait in the log.
    pub(crate) operations: bool,
    /// Something happened in INBOX.
    pub(crate) inbox: bool,
    /// Folders were made, renamed or removed on the server, or more happened than it told.
    pub(crate) folders: bool,
    /// What the server said of other folders than INBOX (NOTIFY), by their paths.
    pub(crate) noticed: BTreeMap<String, MailboxStatus>,
    /// Folders of which the server said whether they exist (NOTIFY), by their paths.
    pub(crate) listed: BTreeMap<String, bool>,
    /// New mail is among what was noticed.
    pub(crate) has_mail: bool,
    /// Folders that the user opened.
    pub(crate) opened: BTreeSet<MailboxId>,
    /// What comes whole unasked was chosen anew.
    pub(crate) keep: bool,
    /// Bodies came, or could not come: the status has something to say.
    pub(crate) bodies: bool,
    /// Somebody waits for bytes.
    pub(crate) asked: bool,
}

impl Wanted {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The signals of one worker.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    wanted: Mutex<Wanted>,
    /// What somebody wants to know about folders.
    questions: Mutex<Vec<Question>>,
    notify: Notify,
}

impl Signals {
    /// Adds to what is wanted and wakes the worker.
    pub(crate) fn raise(&self, add: impl FnOnce(&mut Wanted)) {
        add(&mut self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        self.notify.notify_one();
    }

    /// Asks the worker something.
    pub(crate) fn ask(&self, question: Question) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).push(question);
        self.notify.notify_one();
    }

    /// Takes everything that was asked.
    pub(crate) fn questions(&self) -> Vec<Question> {
        std::mem::take(&mut *self.questions.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn has_questions(&self) -> bool {
        !self.questions.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Takes everything that is wanted.
    pub(crate) fn take(&self) -> Wanted {
        std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells whether something is wanted that may not wait for a long download.
    pub(crate) fn is_urgent(&self) -> bool {
        if self.has_questions() {
            return true;
        }
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.operations
            || wanted.inbox
            || wanted.check
            || wanted.probe
            || wanted.asked
            || wanted.has_mail
            || !wanted.opened.is_empty()
    }

    /// Waits until something is wanted. May be dropped and called again.
    pub(crate) async fn wait(&self) {
        loop {
            let is_wanted = !self.wanted.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
            if is_wanted || self.has_questions() {
                return;
            }
            self.notify.notified().await;
        }
    }
}
