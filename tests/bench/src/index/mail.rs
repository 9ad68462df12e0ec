//! Mail for the index: written straight through the store, so that a million takes minutes.
//!
//! Words follow Zipf's law over an invented vocabulary, with a few known ones for the questions: how common each is
//! stands beside it. The same size always gives the same mail.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use posthorn_model::{
    Address, Flags, MailboxId, MailboxRole, MessageIdHeader, SystemClock, Timestamp, Uid,
};
use posthorn_store::mailbox::{self, Listed};
use posthorn_store::message::{Attachment, Head};
use posthorn_store::placement::{self, Arrival};
use posthorn_store::search::Words;
use posthorn_store::testing::{self, Numbers};
use posthorn_store::{Paths, Store};

/// Messages in one transaction.
const BATCH: usize = 1000;
/// Accounts.
const ACCOUNTS: usize = 3;
/// Folders in all.
const FOLDERS: usize = 40;
/// Words of the invented vocabulary.
const VOCABULARY: u64 = 30_000;
/// Words in a text.
const TEXT_WORDS: usize = 60;
/// Senders.
const PEOPLE: u64 = 5000;
/// In so many of 1,000 messages, in the subject and again in the text.
const KNOWN: [(&str, u64); 8] = [
    ("report", 300),
    ("harbour", 150),
    ("voyage", 100),
    ("lighthouse", 20),
    ("telescope", 5),
    ("会议安排", 100),
    ("照片收到了", 40),
    ("周末爬山", 5),
];
/// In one of so many messages.
const RARE: (&str, usize) = ("zeppelin", 5000);

const SYLLABLES: [&str; 16] = [
    "ba", "re", "mi", "to", "lu", "sen", "kor", "va", "pri", "chan", "del", "fo", "gur", "hy",
    "nex", "sto",
];

fn invented(numbers: &mut Numbers) -> String {
    // A product of two draws: small numbers are far more common, as in a language.
    let rank = numbers.below(VOCABULARY) * numbers.below(VOCABULARY) / VOCABULARY;
    let mut word = String::new();
    let mut rest = rank + 16;
    while rest > 0 {
        word.push_str(SYLLABLES.get((rest % 16) as usize).copied().unwrap_or_default());
        rest /= 16;
    }
    word
}

fn known(number: usize, numbers: &mut Numbers) -> Vec<&'static str> {
    let mut words: Vec<&str> = KNOWN
        .iter()
        .filter(|(_, share)| numbers.below(1000) < *share)
        .map(|(word, _)| *word)
        .collect();
    if number.is_multiple_of(RARE.1) {
        words.push(RARE.0);
    }
    words
}

fn head(number: usize, numbers: &mut Numbers, words: &[&str]) -> Head {
    let step = ACCOUNTS * (1 + numbers.below(20) as usize);
    let parent = (number >= step && numbers.below(3) == 0).then(|| number - step);
    let person = numbers.below(PEOPLE) * numbers.below(PEOPLE) / PEOPLE;
    let subject = format!(
        "{} {} {} {}",
        invented(numbers),
        words.join(" "),
        invented(numbers),
        parent.unwrap_or(number)
    );
    let received = Timestamp::from_seconds(1_400_000_000 + number as i64 * 60);
    let has_attachments = numbers.below(10) == 0;
    let attachment = || Attachment {
        section: "2".to_owned(),
        name: format!("{}.pdf", SYLLABLES.concat()),
        mime: "application/pdf".to_owned(),
        size: 20_000,
        ..Attachment::default()
    };
    let id = |number: usize| MessageIdHeader(format!("{number:012}.bench@mail.example.org"));
    Head {
        message_id: Some(id(number)),
        references: parent.map(id).into_iter().collect(),
        subject: if parent.is_some() { format!("Re: {subject}") } else { subject.clone() },
        subject_key: subject,
        has_reply_prefix: parent.is_some(),
        from: vec![Address {
            name: format!("Writer {person}"),
            email: format!("writer{person}@example.org"),
        }],
        to: vec![Address::bare("bench@posthorn.test")],
        date: Some(received),
        received,
        size: 2000 + numbers.below(100_000),
        preview: (0..12).map(|_| invented(numbers)).collect::<Vec<_>>().join(" "),
        has_attachments,
        attachments: if has_attachments { vec![attachment()] } else { Vec::new() },
        ..Head::default()
    }
}

/// Accounts with their folders: INBOX first.
async fn folders(store: &Store) -> Result<Vec<Vec<MailboxId>>> {
    let job = |tx: &posthorn_store::WriteTx<'_>| {
        let mut accounts = Vec::new();
        for account in 0..ACCOUNTS {
            let (id, usual) = testing::add_account(tx, &format!("bench{account}@example.org"))?;
            let mut folders = usual.to_vec();
            let wanted = FOLDERS / ACCOUNTS + usize::from(account < FOLDERS % ACCOUNTS);
            for number in folders.len()..wanted {
                let listed = Listed {
                    path: format!("Projects/{number}"),
                    name: number.to_string(),
                    delimiter: "/".to_owned(),
                    role: MailboxRole::Other,
                    is_selectable: true,
                    is_subscribed: true,
                };
                folders.push(mailbox::upsert(tx, id, &listed)?);
            }
            accounts.push(folders);
        }
        Ok(accounts)
    };
    Ok(store.write(job).await?)
}

/// Which folder of its account a message lies in: half of all in INBOX, few in Trash.
fn place(numbers: &mut Numbers, folders: &[MailboxId]) -> MailboxId {
    let index = match numbers.below(100) {
        0..50 => 0,
        50..65 => 1,
        65..75 => 2,
        75..77 => 3,
        _ => 4 + numbers.below((folders.len() - 4) as u64) as usize,
    };
    folders[index]
}

struct Batch {
    arrivals: Vec<(MailboxId, Vec<Arrival>)>,
    texts: Vec<(Option<MessageIdHeader>, String)>,
}

fn batch(from: usize, until: usize, folders: &[Vec<MailboxId>], numbers: &mut Numbers) -> Batch {
    let mut arrivals: Vec<(MailboxId, Vec<Arrival>)> = Vec::new();
    let mut texts = Vec::new();
    for number in from..until {
        let words = known(number, numbers);
        let head = head(number, numbers, &words);
        let mut text: Vec<String> = (0..TEXT_WORDS).map(|_| invented(numbers)).collect();
        text.extend(words.iter().map(|word| (*word).to_owned()));
        texts.push((head.message_id.clone(), text.join(" ")));
        let flags = Flags {
            seen: numbers.below(10) > 0,
            flagged: numbers.below(200) == 0,
            ..Flags::default()
        };
        let uid = Some(Uid(number as u32 + 1));
        let mailbox = place(numbers, &folders[number % ACCOUNTS]);
        let arrival = Arrival { uid, flags, head, ..Arrival::default() };
        match arrivals.iter_mut().find(|(known, _)| *known == mailbox) {
            Some((_, list)) => list.push(arrival),
            None => arrivals.push((mailbox, vec![arrival])),
        }
    }
    Batch { arrivals, texts }
}

/// Batches that wait to be written: the next is made while one is written.
const AHEAD: usize = 2;

/// Fills the store of a profile: mail is made, written and indexed side by side.
pub(super) async fn fill(profile: &Path, messages: usize) -> Result<()> {
    let store = Store::open(&Paths::in_folder(profile), Arc::new(SystemClock))?;
    let folders = folders(&store).await?;
    let (made, mut batches) = tokio::sync::mpsc::channel(AHEAD);
    let making = tokio::task::spawn_blocking(move || {
        let mut numbers = Numbers::new(1);
        for from in (0..messages).step_by(BATCH) {
            let next = batch(from, (from + BATCH).min(messages), &folders, &mut numbers);
            if made.blocking_send(next).is_err() {
                break;
            }
        }
    });
    let mut indexing: Option<tokio::task::JoinHandle<posthorn_store::Result<()>>> = None;
    while let Some(Batch { arrivals, texts }) = batches.recv().await {
        let job = move |tx: &posthorn_store::WriteTx<'_>| {
            let mut positions = std::collections::HashMap::new();
            for (mailbox, list) in &arrivals {
                for (arrival, arrived) in list.iter().zip(placement::arrive(tx, *mailbox, list)?) {
                    positions.insert(arrival.head.message_id.clone(), arrived.position);
                }
            }
            Ok(positions)
        };
        let positions = store.write(job).await?;
        let words = texts.into_iter().filter_map(|(id, text)| {
            Some(Words { position: *positions.get(&id)?, text: Some(text) })
        });
        let words = words.collect();
        // The two files have writers of their own: one fills while the other does.
        if let Some(before) = indexing.take() {
            before.await??;
        }
        let other = store.clone();
        indexing = Some(tokio::spawn(async move { other.put_words(words).await }));
    }
    making.await?;
    if let Some(last) = indexing {
        last.await??;
    }
    store.close().await;
    Ok(())
}
