//! A server that plays Gmail: messages with labels, shown as folders, all of them in *All Mail*.
//!
//! What it does is what <https://developers.google.com/gmail/imap/imap-extensions> says: one X-GM-MSGID in all folders, a
//! uid of its own in each; expunging takes a label away; moving to *All Mail* takes the label of the source; moving to
//! Trash takes all. It knows the commands that are asked of it and refuses others.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Where everything is that is not in Trash.
pub(crate) const ALL: &str = "[Gmail]/All Mail";
/// Where what is thrown away is, alone.
pub(crate) const TRASH: &str = "[Gmail]/Trash";
/// Folders and what the list says of them.
const FOLDERS: [(&str, &str); 4] =
    [("INBOX", ""), ("Work", ""), (ALL, "\\All"), (TRASH, "\\Trash")];

#[derive(Debug)]
struct Mail {
    id: u64,
    bytes: String,
    flags: Vec<String>,
    /// Its uid in each folder.
    places: BTreeMap<&'static str, u32>,
}

#[derive(Debug, Default)]
struct State {
    mail: Vec<Mail>,
    /// The last uid of each folder.
    last: BTreeMap<&'static str, u32>,
    said: Vec<String>,
}

impl State {
    fn place(&mut self, id: u64, folder: &'static str) -> u32 {
        let last = self.last.entry(folder).or_default();
        let mail = self.mail.iter_mut().find(|mail| mail.id == id).unwrap();
        *mail.places.entry(folder).or_insert_with(|| {
            *last += 1;
            *last
        })
    }

    /// Messages of a folder by uid: what their numbers are counted by.
    fn listed(&self, folder: &str) -> Vec<(u32, &Mail)> {
        let found = self.mail.iter().filter_map(|mail| Some((*mail.places.get(folder)?, mail)));
        let mut found: Vec<_> = found.collect();
        found.sort_unstable_by_key(|(uid, _)| *uid);
        found
    }

    /// Takes a message out of a folder; returns the number that it had.
    fn remove(&mut self, folder: &str, uid: u32) -> Option<usize> {
        let number = self.listed(folder).iter().position(|(own, _)| *own == uid)? + 1;
        let mail = self.mail.iter_mut().find(|mail| mail.places.get(folder) == Some(&uid))?;
        // What has no label left is in All Mail all the same.
        if folder != ALL {
            mail.places.remove(folder);
            mail.flags.retain(|flag| flag != "\\Deleted");
        }
        (folder != ALL).then_some(number)
    }
}

/// The server; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub(crate) struct Gmail {
    state: Arc<Mutex<State>>,
    pub(crate) port: u16,
}

impl Gmail {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state: Arc<Mutex<State>> = Arc::default();
        let own = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = own.clone();
                tokio::spawn(async move { Connection::new(state).serve(stream).await });
            }
        });
        Self { state, port }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message with these labels.
    pub(crate) fn add(&self, number: u64, labels: &[&'static str]) {
        let bytes = format!(
            "From: Ann <ann@example.org>\r\nSubject: number {number}\r\nMessage-ID: <g{number}@example.org>\r\n\
             Date: Thu, 01 Jan 2026 10:00:00 +0000\r\n\r\nText {number}.\r\n"
        );
        let id = 1_278_455_344_230_334_000 + number;
        self.state().mail.push(Mail { id, bytes, flags: Vec::new(), places: BTreeMap::new() });
        self.label(number, ALL);
        for label in labels {
            self.label(number, label);
        }
    }

    /// Gives a label, as another program does.
    pub(crate) fn label(&self, number: u64, label: &'static str) {
        self.state().place(1_278_455_344_230_334_000 + number, label);
    }

    /// Takes a label away, as another program does.
    pub(crate) fn unlabel(&self, number: u64, label: &str) {
        let id = 1_278_455_344_230_334_000 + number;
        let mut state = self.state();
        state.mail.iter_mut().filter(|mail| mail.id == id).for_each(|mail| {
            mail.places.remove(label);
        });
    }

    /// Returns the folders that a message is in, sorted.
    pub(crate) fn places(&self, number: u64) -> Vec<&'static str> {
        let id = 1_278_455_344_230_334_000 + number;
        let state = self.state();
        let found = state.mail.iter().filter(|mail| mail.id == id);
        found.flat_map(|mail| mail.places.keys().copied()).collect()
    }

    /// Returns the commands that came and contain this.
    pub(crate) fn said(&self, text: &str) -> Vec<String> {
        let state = self.state();
        state.said.iter().filter(|line| line.contains(text)).cloned().collect()
    }
}

/// One connection.
struct Connection {
    state: Arc<Mutex<State>>,
    open: Option<&'static str>,
}

impl Connection {
    fn new(state: Arc<Mutex<State>>) -> Self {
        Self { state, open: None }
    }

    async fn serve(mut self, stream: TcpStream) {
        let (reader, mut writer) = stream.into_split();
        let mut lines = BufReader::new(reader).lines();
        let mut answer = "* OK Gimap ready for requests\r\n".to_owned();
        while writer.write_all(answer.as_bytes()).await.is_ok() {
            let Ok(Some(line)) = lines.next_line().await else { return };
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            answer = self.answer(tag, command);
        }
    }

    fn answer(&mut self, tag: &str, command: &str) -> String {
        let state = self.state.clone();
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.said.push(command.to_owned());
        let words: Vec<&str> = command.split(' ').collect();
        let offered = "IMAP4rev1 ID NAMESPACE X-GM-EXT-1 UIDPLUS MOVE";
        let untagged = match *words.first().unwrap() {
            "CAPABILITY" => {
                "* CAPABILITY IMAP4rev1 ID X-GM-EXT-1 SASL-IR AUTH=PLAIN\r\n".to_owned()
            }
            "AUTHENTICATE" => return format!("{tag} OK [CAPABILITY {offered}] in (Success)\r\n"),
            "ID" => "* ID (\"name\" \"GImap\" \"vendor\" \"Google, Inc.\")\r\n".to_owned(),
            "NAMESPACE" => "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n".to_owned(),
            "LIST" => {
                let line =
                    |(name, role): &(&str, &str)| format!("* LIST ({role}) \"/\" \"{name}\"\r\n");
                FOLDERS.iter().map(line).collect::<Vec<_>>().concat()
            }
            "LSUB" | "NOOP" | "UNSELECT" => String::new(),
            "SELECT" | "EXAMINE" => self.select(&state, command),
            "UID" => self.uid(&mut state, &words, command),
            "LOGOUT" => "* BYE LOGOUT Requested\r\n".to_owned(),
            _ => return format!("{tag} BAD Unknown command {command}\r\n"),
        };
        format!("{untagged}{tag} OK Success\r\n")
    }

    fn select(&mut self, state: &State, command: &str) -> String {
        let name = named(command);
        let at = FOLDERS.iter().position(|(folder, _)| *folder == name).unwrap();
        self.open = Some(name);
        let next = state.last.get(name).copied().unwrap_or_default() + 1;
        format!(
            "* {} EXISTS\r\n* OK [UIDVALIDITY {}] x\r\n* OK [UIDNEXT {next}] x\r\n",
            state.listed(name).len(),
            at + 7
        )
    }

    fn uid(&self, state: &mut State, words: &[&str], command: &str) -> String {
        let folder = self.open.unwrap();
        let verb = *words.get(1).unwrap();
        let given = words.get(if verb == "SEARCH" { 3 } else { 2 });
        let uids: Vec<u32> = state.listed(folder).iter().map(|(uid, _)| *uid).collect();
        let asked: Vec<u32> =
            uids.iter().copied().filter(|uid| given.is_none_or(|set| is_in(set, *uid))).collect();
        match verb {
            "SEARCH" => {
                let found: Vec<String> = asked.iter().map(|uid| format!(" {uid}")).collect();
                format!("* SEARCH{}\r\n", found.concat())
            }
            "FETCH" => fetched(state, folder, &asked, command),
            "STORE" => {
                let list = command.split_once('(').unwrap().1.trim_end_matches(')');
                for mail in &mut state.mail {
                    if mail.places.get(folder).is_some_and(|uid| asked.contains(uid)) {
                        let is_on = command.contains("+FLAGS");
                        for flag in list.split(' ') {
                            mail.flags.retain(|own| own != flag);
                            mail.flags.extend(is_on.then(|| flag.to_owned()));
                        }
                    }
                }
                String::new()
            }
            "EXPUNGE" => gone(state, folder, &asked),
            _ => transfer(state, verb, folder, &asked, named(command)),
        }
    }
}

/// The folder whose name ends a command.
fn named(command: &str) -> &'static str {
    let found = FOLDERS.iter().find(|(name, _)| {
        command.ends_with(&format!("\"{name}\"")) || command.ends_with(&format!(" {name}"))
    });
    found.unwrap().0
}

fn is_in(set: &str, uid: u32) -> bool {
    let number = |text: &str| if text == "*" { u32::MAX } else { text.parse().unwrap() };
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        (number(first).min(number(last))..=number(first).max(number(last))).contains(&uid)
    })
}

fn fetched(state: &State, folder: &str, asked: &[u32], command: &str) -> String {
    let mut answer = String::new();
    for (at, (uid, mail)) in state.listed(folder).into_iter().enumerate() {
        if !asked.contains(&uid) {
            continue;
        }
        let (number, size) = (at + 1, mail.bytes.len());
        write!(answer, "* {number} FETCH (UID {uid}").unwrap();
        let head = mail.bytes.split_inclusive("\r\n\r\n").next().unwrap();
        let items = [
            ("FLAGS", format!("FLAGS ({})", mail.flags.join(" "))),
            ("X-GM-MSGID", format!("X-GM-MSGID {}", mail.id)),
            ("INTERNALDATE", "INTERNALDATE \"01-Jan-2026 10:00:00 +0000\"".to_owned()),
            ("RFC822.SIZE", format!("RFC822.SIZE {size}")),
            (
                "BODYSTRUCTURE",
                "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 9 1 NIL NIL NIL)"
                    .to_owned(),
            ),
            ("BODY.PEEK[HEADER]", format!("BODY[HEADER] {{{}}}\r\n{head}", head.len())),
            ("BODY.PEEK[])", format!("BODY[] {{{size}}}\r\n{}", mail.bytes)),
        ];
        for (item, text) in items {
            if command.contains(item) {
                write!(answer, " {text}").unwrap();
            }
        }
        answer += ")\r\n";
    }
    answer
}

fn gone(state: &mut State, folder: &str, uids: &[u32]) -> String {
    let mut answer = String::new();
    for number in uids.iter().filter_map(|uid| state.remove(folder, *uid)) {
        write!(answer, "* {number} EXPUNGE\r\n").unwrap();
    }
    answer
}

fn transfer(
    state: &mut State,
    verb: &str,
    folder: &'static str,
    asked: &[u32],
    target: &'static str,
) -> String {
    let mut pairs = Vec::new();
    for uid in asked {
        let id = state.mail.iter().find(|mail| mail.places.get(folder) == Some(uid)).unwrap().id;
        pairs.push((*uid, state.place(id, target)));
    }
    let at = FOLDERS.iter().position(|(name, _)| *name == target).unwrap();
    let set = |uids: Vec<String>| uids.join(",");
    let told = format!(
        "* OK [COPYUID {} {} {}] (Success)\r\n",
        at + 7,
        set(pairs.iter().map(|(uid, _)| uid.to_string()).collect()),
        set(pairs.iter().map(|(_, uid)| uid.to_string()).collect())
    );
    let mut answer = if pairs.is_empty() { String::new() } else { told };
    if verb == "MOVE" {
        answer += &gone(state, folder, asked);
    }
    if target == TRASH {
        for mail in state.mail.iter_mut().filter(|mail| mail.places.contains_key(TRASH)) {
            mail.places.retain(|place, _| *place == TRASH);
        }
    }
    answer
}
