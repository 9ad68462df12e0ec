//! IMAP: what a scene is; and answers to the opening of a folder and to questions about messages.

use posthorn_model::{AccountId, MailboxRole, ModSeq, OperationId, Protocol};
use posthorn_store::operation::{self, Action, Flag, OperationState, Switch};
use posthorn_store::{WriteTx, mailbox};
use posthorn_sync::ProblemKind::{ConnectionLost, Limit, Protocol as Broken, Refused, Timeout};
use posthorn_sync::{ProblemKind, State};

use crate::rig::{COUNT, End, Rig, honest, settings};

/// What the user does once the account is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Marks all messages of INBOX as read.
    Read,
    /// Moves the messages with uid 1 to 3 to Archive.
    Move,
    /// Deletes them.
    Delete,
    /// Copies a message of the other account to INBOX.
    Bring,
    /// Looks for mail.
    Check,
}

/// A server's answers, and what the account comes to.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    script: String,
    capabilities: &'static str,
    act: Option<Act>,
    modseq: Option<u64>,
    end: End,
    kept: Option<usize>,
    taken: Option<OperationState>,
}

/// A scene with these answers in front of the honest ones.
pub(crate) fn scene(script: &str) -> Scene {
    Scene {
        script: script.to_owned(),
        capabilities: "",
        act: None,
        modseq: None,
        end: End::UpToDate,
        kept: None,
        taken: None,
    }
}

impl Scene {
    /// What the server offers besides IMAP4rev1.
    pub(crate) fn offering(self, capabilities: &'static str) -> Self {
        Self { capabilities, ..self }
    }

    /// INBOX was last seen at this mod-seq.
    pub(crate) fn known_at(self, modseq: u64) -> Self {
        Self { modseq: Some(modseq), ..self }
    }

    pub(crate) fn then(self, act: Act) -> Self {
        Self { act: Some(act), ..self }
    }

    pub(crate) fn waits(self, kind: ProblemKind) -> Self {
        Self { end: End::Waits(kind), ..self }
    }

    pub(crate) fn fails(self, kind: ProblemKind) -> Self {
        Self { end: End::Fails(kind), ..self }
    }

    pub(crate) fn asks_for_password(self) -> Self {
        Self { end: End::AsksForPassword, ..self }
    }

    /// So many messages are visible in INBOX at the end.
    pub(crate) fn keeps(self, kept: usize) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// What becomes of what the user did.
    pub(crate) fn is(self, taken: OperationState) -> Self {
        Self { taken: Some(taken), ..self }
    }

    pub(crate) async fn play(self) {
        let peer = honest(self.capabilities).with(&self.script).unwrap();
        let modseq = self.modseq;
        let prepare = move |tx: &WriteTx<'_>, account: AccountId| {
            if let Some(modseq) = modseq {
                let inbox = mailbox::by_role(tx, account, MailboxRole::Inbox).unwrap().unwrap();
                let mut sync = inbox.sync;
                sync.highest_modseq = Some(ModSeq(modseq));
                mailbox::set_sync(tx, inbox.id, &sync).unwrap();
            }
        };
        let rig = Rig::start(peer, |port| settings(Protocol::Imap, port, 1), prepare).await;
        let mut done = None;
        if let Some(act) = self.act {
            rig.comes_to(End::UpToDate).await;
            done = perform(&rig, act).await;
        }
        if let (Some(id), Some(wanted)) = (done, self.taken) {
            rig.until(&format!("{wanted:?}"), || async {
                rig.read(move |tx| operation::get(tx, id)).await.state == wanted
            })
            .await;
        }
        rig.comes_to(self.end).await;
        if let Some(kept) = self.kept {
            assert_eq!(rig.inbox().await.len(), kept, "{:#?}", rig.peer.said());
        }
        let is_deleted = self.act == Some(Act::Delete) && self.taken == Some(OperationState::Done);
        rig.finish_from(if is_deleted { 4 } else { 1 }).await;
    }
}

async fn perform(rig: &Rig, act: Act) -> Option<OperationId> {
    let account = if act == Act::Bring { rig.healthy } else { rig.account };
    let inbox = rig.folder(account, MailboxRole::Inbox).await;
    let messages = rig.read(move |tx| posthorn_store::placement::messages(tx, inbox)).await;
    let few = messages.len().saturating_sub(3);
    let (action, messages) = match act {
        Act::Read => (Action::SetFlag { flag: Flag::Seen, to: Switch::On }, messages),
        Act::Move => {
            let to = rig.folder(rig.account, MailboxRole::Archive).await;
            (Action::Move { to }, messages.into_iter().skip(few).collect())
        }
        Act::Delete => (Action::Delete, messages.into_iter().skip(few).collect()),
        Act::Bring => {
            let to = rig.folder(rig.account, MailboxRole::Inbox).await;
            (Action::Copy { to }, messages.into_iter().take(1).collect())
        }
        Act::Check => {
            rig.sync.check_now(Some(rig.account));
            return None;
        }
    };
    let targets: Vec<_> = messages.into_iter().map(|message| (inbox, message)).collect();
    let ids = rig.store.write(move |tx| operation::enqueue(tx, &action, &targets)).await.unwrap();
    rig.sync.operations_changed(rig.account);
    ids.first().copied()
}

/// INBOX is opened with these lines.
fn opened(lines: &str) -> Scene {
    scene(&format!("? $ SELECT \"INBOX\"*\n{lines}\nS: $ OK done\n"))
}

/// INBOX has one message more, and its head is answered so.
pub(crate) fn arrival(answer: &str) -> String {
    format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\nS: * OK [UIDVALIDITY 7] x\nS: * OK [UIDNEXT 32] x\nS: $ OK done\n\
         ? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{{tag}}\") UID ALL 1:31\nS: $ OK done\n\
         ? $ UID FETCH 31 (UID FLAGS INTERNALDATE*\n{answer}\n"
    )
}

/// The head of message 31 with these items besides.
fn head(items: &str) -> String {
    arrival(&format!(
        "S: * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 30 {items} BODY[HEADER] {{15}}\nS- Subject: 31\\r\\n\\r\\n\nS: )\nS: $ OK done"
    ))
}

/// A head whose header is announced with these octets.
fn header(octets: &str, size: usize) -> String {
    arrival(&format!(
        "S: * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 30 BODY[HEADER] {{{size}}}\n{octets}\nS: )\nS: $ OK done"
    ))
}

const VALID: &str = "S: * OK [UIDVALIDITY 7] x\n";

scenes! {
    // Counts.
    exists_jumps_to_the_sky: opened(&format!("S: * 4294967295 EXISTS\n{VALID}S: * OK [UIDNEXT 4294967295] x")).waits(Limit).keeps(30);
    exists_overflows: opened(&format!("S: * 4294967296 EXISTS\n{VALID}")).waits(Broken).keeps(30);
    exists_is_negative: opened(&format!("S: * -1 EXISTS\n{VALID}")).waits(Broken).keeps(30);
    exists_changes_its_mind_a_thousand_times: opened(&format!("S* 1000 * {{n}} EXISTS\nS: * 30 EXISTS\n{VALID}S: * OK [UIDNEXT 31] x")).keeps(30);
    exists_is_missing: opened(VALID).waits(Broken).keeps(30);
    validity_is_missing: opened("S: * 30 EXISTS").waits(Broken).keeps(30);
    validity_is_no_number: opened("S: * 30 EXISTS\nS: * OK [UIDVALIDITY x] x").waits(Broken).keeps(30);
    everything_is_said_to_be_gone: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 0 EXISTS\n{VALID}S: * OK [UIDNEXT 31] x\nS: $ OK\n? $ UID SEARCH *ALL\nS: * SEARCH\nS: $ OK\n"
    )).keeps(30);
    everything_is_said_to_be_gone_by_every_connection: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 0 EXISTS\n{VALID}S: * OK [UIDNEXT 31] x\nS: $ OK\n\
         ? $ EXAMINE \"INBOX\"*\nS: * 0 EXISTS\n{VALID}S: * OK [UIDNEXT 31] x\nS: $ OK\n? $ UID SEARCH *ALL\nS: * SEARCH\nS: $ OK\n"
    )).keeps(0);
    the_next_uid_is_zero: opened(&format!("S: * 30 EXISTS\n{VALID}S: * OK [UIDNEXT 0] x")).keeps(30);
    the_next_uid_is_the_last: opened(&format!("S: * 30 EXISTS\n{VALID}S: * OK [UIDNEXT 4294967295] x")).keeps(30);
    the_next_uid_overflows: opened(&format!("S: * 30 EXISTS\n{VALID}S: * OK [UIDNEXT 99999999999] x")).keeps(30);
    the_validity_is_another_at_each_look: scene(
        "?1 $ SELECT \"INBOX\"*\nS: * 30 EXISTS\nS: * OK [UIDVALIDITY 70] x\nS: $ OK\n\
         ? $ SELECT \"INBOX\"*\nS: * 30 EXISTS\nS: * OK [UIDVALIDITY 71] x\nS: $ OK\n"
    ).then(Act::Check).keeps(30);
    the_validity_is_zero: opened("S: * 30 EXISTS\nS: * OK [UIDVALIDITY 0] x\nS: * OK [UIDNEXT 31] x").keeps(30);

    // Searches.
    a_search_finds_the_whole_numbers: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 9000000 EXISTS\n{VALID}S: $ OK\n\
         ? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"{{tag}}\") UID ALL 1:4294967295\nS: $ OK\n"
    )).waits(Broken).keeps(30);
    a_search_finds_every_second_number: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 9000000 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS- * SEARCH 1\nS** 7000000  5 7\nS: \nS: $ OK\n"
    )).waits(Limit).keeps(30);
    a_search_never_ends: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS- * SEARCH\nS** forever  1\n"
    )).waits(Limit).keeps(30);
    a_search_answers_a_million_times: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS* forever * SEARCH 1\n"
    )).waits(Limit).keeps(30);
    a_search_finds_nothing_and_says_so_to_all: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS: $ OK\n"
    )).waits(Broken).keeps(30);
    a_search_finds_zero_and_the_last: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS: * SEARCH 0 4294967295\nS: $ OK\n"
    )).keeps(30);
    a_search_descends_and_repeats: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS- * SEARCH\nS** 40  31 30 29 3 2 1\nS: \nS: $ OK\n"
    )).keeps(30);
    a_search_answers_with_numbers_of_messages: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS: * ESEARCH ALL 1:3\nS: $ OK\n"
    )).waits(Broken).keeps(30);

    // Heads.
    a_literal_is_negative: scene(&arrival("S: * 31 FETCH (UID 31 FLAGS () BODY[HEADER] {-5}\nS: )\nS: $ OK")).waits(Broken).keeps(30);
    a_literal_is_larger_than_all_memory: scene(&arrival("S: * 31 FETCH (UID 31 FLAGS () BODY[HEADER] {99999999999999999999999}\nS: )")).waits(Limit).keeps(30);
    a_literal_of_a_gigabyte_and_more: scene(&arrival("S: * 31 FETCH (UID 31 FLAGS () BODY[HEADER] {1073741825}\nS** forever x")).waits(Limit).keeps(30);
    a_literal_never_comes: scene(&arrival("S: * 31 FETCH (UID 31 FLAGS () BODY[HEADER] {100}\n!stall")).waits(Timeout).keeps(30);
    a_literal_ends_early: scene(&arrival("S: * 31 FETCH (UID 31 FLAGS () BODY[HEADER] {100}\nS- Subject\n!cut")).waits(ConnectionLost).keeps(30);
    a_million_empty_literals: scene(&arrival("S- * 31 FETCH (UID 31 FLAGS (\nS** forever {0}\\r\\n\n")).waits(Limit).keeps(30);
    a_header_of_fifty_megabytes: scene(&header("S** 52428800 x", 52_428_800)).keeps(31);
    a_header_of_nothing_but_nul: scene(&header("S** 2000 \\x00", 2_000)).keeps(31);
    a_header_of_nothing_but_eight_bits: scene(&header("S** 1000 \\xFF\\x80", 2_000)).keeps(31);
    a_header_with_a_million_fields: scene(&header("S** 100000 X: y\\r\\n", 600_000)).keeps(31);
    the_same_head_forever: scene(&arrival("S* forever * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 3 BODY[HEADER] \"\")")).waits(Limit);
    heads_of_messages_that_nobody_asked_for: scene(&arrival("S* 2000 * {n} FETCH (UID {n} FLAGS (\\Deleted) RFC822.SIZE 3 BODY[HEADER] \"Subject: stolen\")\nS: $ OK")).keeps(30);
    a_head_with_uid_zero: scene(&arrival("S: * 31 FETCH (UID 0 FLAGS () RFC822.SIZE 3 BODY[HEADER] \"\")\nS: $ OK")).keeps(30);
    a_head_with_a_uid_beyond_all: scene(&arrival("S: * 31 FETCH (UID 4294967296 FLAGS ())\nS: $ OK")).keeps(30);
    a_head_of_the_last_uid: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS: * ESEARCH (TAG \"x\") UID ALL 1:30,4294967295\nS: $ OK\n\
         ? $ UID FETCH 4294967295 *\nS: * 31 FETCH (UID 4294967295 FLAGS () RFC822.SIZE 3 BODY[HEADER] \"Subject: last\")\nS: $ OK\n"
    )).keeps(31);
    a_search_with_what_is_no_number: scene(&format!(
        "? $ SELECT \"INBOX\"*\nS: * 31 EXISTS\n{VALID}S: $ OK\n? $ UID SEARCH *ALL\nS: * SEARCH 1:30 \\x00\\xFF x\nS: $ OK\n"
    )).waits(Broken).keeps(30);
    a_size_beyond_all: scene(&head("RFC822.SIZE 18446744073709551615 INTERNALDATE \"01-Jan-2020 10:00:00 +0000\"")).keeps(31);
    a_size_that_is_negative: scene(&head("RFC822.SIZE -3")).keeps(31);
    a_date_that_is_none: scene(&head("INTERNALDATE \"99-Foo-99999 77:88:99 +9999\"")).keeps(31);
    a_date_of_nul: scene(&head("INTERNALDATE \"\\x00\\x00\"")).keeps(31);
    flags_that_are_garbage: scene(&head("FLAGS (\\x00 \\\\ \\ \\Seen\\Seen \\xFF\\xFE {0}\\r\\n (nested (deep)) \"quoted flag\")")).keeps(31);
    flags_without_end: scene(&arrival("S- * 31 FETCH (UID 31 FLAGS (\nS** forever a")).waits(Limit).keeps(30);
    flags_by_the_million: scene(&arrival("S- * 31 FETCH (UID 31 RFC822.SIZE 3 FLAGS (\nS** 400000 f{n} \nS: ))\nS: $ OK")).keeps(31);
    a_structure_nested_without_end: scene(&arrival("S- * 31 FETCH (UID 31 BODYSTRUCTURE\nS** forever (")).waits(Limit).keeps(30);
    a_structure_nested_deeply: scene(&arrival("S- * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 3 BODYSTRUCTURE \nS** 1000000 (\nS** 1000000 )\nS: )\nS: $ OK")).keeps(31);
    a_structure_of_a_million_parts: scene(&arrival("S- * 31 FETCH (UID 31 FLAGS () RFC822.SIZE 3 BODYSTRUCTURE (\nS** 100000 (\"a\" \"b\" NIL NIL NIL \"7bit\" 1)\nS: \"mixed\"))\nS: $ OK")).keeps(31);
    names_of_files_with_paths_and_controls: scene(&head("BODYSTRUCTURE (\"application\" \"x\" (\"name\" \"../../../etc/passwd\\x00\\x1b[2J\") NIL NIL \"7bit\" 9 NIL (\"attachment\" (\"filename\" \"..\\\\..\\\\boot.ini\")))")).keeps(31);
    a_fetch_is_refused: scene(&arrival("S: $ NO no\n")).keeps(30);
    a_fetch_is_answered_by_ok_alone: scene(&arrival("S: $ OK\n")).keeps(30);

    // Bodies.
    a_body_is_larger_than_said: scene(&[head(""), "? $ UID FETCH 31 (UID BODY.PEEK[])\nS: * 31 FETCH (UID 31 BODY[] {167772160}\nS** 167772160 x\nS: )\nS: $ OK\n".to_owned()].concat()).keeps(31);
    a_body_never_comes: scene(&[head(""), "? $ UID FETCH 31 (UID BODY.PEEK[])\nS: $ OK\n".to_owned()].concat()).keeps(31);
    a_body_comes_for_another: scene(&[head(""), "? $ UID FETCH 31 (UID BODY.PEEK[])\nS: * 5 FETCH (UID 5 BODY[] \"stolen\")\nS: $ OK\n".to_owned()].concat()).keeps(31);
    a_body_ends_early: scene(&[head(""), "? $ UID FETCH 31 (UID BODY.PEEK[])\nS: * 31 FETCH (UID 31 BODY[] {90}\nS- Subj\n!cut\n".to_owned()].concat()).waits(ConnectionLost).keeps(31);
}

/// Whether a server said what it said is one thing, whether the user is told another: the account waits, and says why.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_is_shown_as_one_clean_line() {
    let scene = scene("? $ SELECT \"INBOX\"*\nS: $ NO \\x1b[31m go \\x00 away\\x07 \\xd3\\xc3\n");
    let peer = honest("").with(&scene.script).unwrap();
    let rig = Rig::start(peer, |port| settings(Protocol::Imap, port, 1), |_, _| {}).await;
    rig.comes_to(End::Waits(Refused)).await;
    let status = rig.status();
    assert!(status.state == State::Waiting && status.next_try.is_some(), "{status:?}");
    let said = status.problem.unwrap().server_said;
    assert!(said.contains("go") && said.contains("away"), "{said}");
    assert_eq!(rig.inbox().await.len(), COUNT as usize);
    rig.finish().await;
}
