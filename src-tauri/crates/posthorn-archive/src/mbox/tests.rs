//! Tests of [`super`]: files as other programs write them, and the way there and back of any bytes.

use std::io::Cursor;

use posthorn_model::{Flags, Timestamp};
use proptest::prelude::*;

use super::{Mail, Reader, Shape, Writer, is_mbox};

type Read = Vec<(Vec<u8>, Mail)>;

fn read(file: &[u8]) -> Read {
    let mut reader = Reader::new(Cursor::new(file), 0).unwrap();
    let mut all = Vec::new();
    loop {
        let mut bytes = Vec::new();
        match reader.next(&mut bytes).unwrap() {
            Some(mail) => all.push((bytes, mail)),
            None => return all,
        }
    }
}

fn texts(file: &str) -> Vec<String> {
    read(file.as_bytes()).into_iter().map(|(bytes, _)| String::from_utf8(bytes).unwrap()).collect()
}

fn write(messages: &[(Vec<u8>, Flags)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (bytes, flags) in messages {
        let shape = Shape::of(bytes.as_slice()).unwrap();
        let at = Timestamp::from_seconds(1_310_126_914);
        writer.message("anna@x.example", at, flags, shape, bytes.as_slice()).unwrap();
    }
    writer.into_inner()
}

#[test]
fn quoting_is_taken_off_once() {
    let file = "From a@x Fri Jul  8 12:08:34 2011\nSubject: 1\n\n>From me\n>>From you\n> From them\n\nFrom my side\n\n\
        From b@x Fri Jul  8 12:08:34 2011\nSubject: 2\n\nEnd\n\n";
    assert_eq!(
        texts(file),
        [
            "Subject: 1\r\n\r\nFrom me\r\n>From you\r\n> From them\r\n\r\nFrom my side\r\n",
            "Subject: 2\r\n\r\nEnd\r\n",
        ]
    );
}

#[test]
fn thunderbird_writes_flags_into_the_header_and_sometimes_no_date() {
    let file = "From - Tue Apr 27 19:42:16 1999\nX-Mozilla-Status: 1007\nX-Mozilla-Status2: 00000000\n\
        X-Mozilla-Keys: $label1 work                                \nSubject: 1\n\nA\n\n\
        From \nX-Mozilla-Status: 0009\nSubject: 2\n\nB\n";
    let all = read(file.as_bytes());
    assert_eq!(all.len(), 2);
    let first = &all.first().unwrap().1;
    assert_eq!(
        first.flags.names(),
        ["\\Seen", "\\Flagged", "\\Answered", "$Forwarded", "$label1", "work"]
    );
    assert_eq!(first.received, Some(Timestamp::from_seconds(925_242_136)));
    assert_eq!(all.first().unwrap().0, b"Subject: 1\r\n\r\nA\r\n");
    let second = &all.last().unwrap().1;
    assert!(second.is_removed && second.received.is_none());
}

#[test]
fn a_length_is_believed_where_a_message_ends_there() {
    let body = "A\n\nFrom b@x Fri Jul  8 12:08:34 2011\nX: 1\n\n>From c\n";
    let length = body.len();
    let good = format!(
        "From a@x Fri Jul  8 12:08:34 2011\nStatus: RO\nX-Status: A\nContent-Length: {length}\nLines: 6\n\n{body}\n\
         From b@x Fri Jul  8 12:08:34 2011\n\nB\n"
    );
    let all = read(good.as_bytes());
    assert_eq!(all.len(), 2, "mutt does not quote");
    assert!(all.first().unwrap().0.ends_with(b"X: 1\r\n\r\n>From c\r\n"));
    assert_eq!(all.first().unwrap().1.flags.names(), ["\\Seen", "\\Answered"]);
    for wrong in [0_u64, 3, length as u64 + 7, u64::MAX] {
        let file = good.replace(&format!("Length: {length}"), &format!("Length: {wrong}"));
        assert_eq!(texts(&file).len(), 3, "length {wrong}: found by the lines");
    }
}

#[test]
fn a_message_without_a_body_or_end_is_one() {
    assert_eq!(texts("From a@x Fri Jul  8 12:08:34 2011\nSubject: 1"), ["Subject: 1"]);
    assert_eq!(texts("From a@x Fri Jul  8 12:08:34 2011\n"), [""]);
    assert!(texts("").is_empty() && texts("\n\n").is_empty());
    let file =
        "From a@x Fri Jul  8 12:08:34 2011\nA: 1\n\nFrom b@x Fri Jul  8 12:08:34 2011\nB: 2\n\n\n";
    assert_eq!(texts(file), ["A: 1\r\n", "B: 2\r\n\r\n"]);
}

#[test]
fn what_is_no_mbox_is_told_and_not_guessed() {
    let mut reader = Reader::new(Cursor::new(b"Subject: 1\n\nA\n"), 0).unwrap();
    assert_eq!(reader.next(&mut Vec::new()).unwrap_err().kind(), std::io::ErrorKind::InvalidData);
    assert!(
        is_mbox(b"\nFrom a@x\nA: 1\n")
            && !is_mbox(b"From the hills\nwe come")
            && !is_mbox(b"Received: from x")
            && !is_mbox(b"")
    );
}

#[test]
fn reading_goes_on_where_it_stopped() {
    let messages: Vec<_> = (0..5)
        .map(|number| (format!("Subject: {number}\r\n\r\nText\r\n").into_bytes(), Flags::default()))
        .collect();
    let file = write(&messages);
    let all = read(&file);
    for (index, (bytes, mail)) in all.iter().enumerate() {
        let mut reader = Reader::new(Cursor::new(&file), mail.offset).unwrap();
        let mut again = Vec::new();
        assert_eq!(reader.next(&mut again).unwrap().as_ref(), Some(mail), "{index}");
        assert_eq!(&again, bytes);
    }
}

#[test]
fn a_file_that_was_cut_says_so() {
    let file = write(&[(b"Subject: 1\r\n\r\nA long enough text\r\n".to_vec(), Flags::default())]);
    let cut = file.get(..file.len() - 8).unwrap();
    assert!(read(cut).first().unwrap().1.is_cut);
    assert!(!read(&file).first().unwrap().1.is_cut);
}

#[test]
fn the_oddest_messages_come_back_byte_by_byte() {
    let odd: Vec<Vec<u8>> = [
        &b""[..],
        b"\n",
        b"\r\n",
        b"\r",
        b"x",
        b"\r\n\r\n\r\n",
        b"Subject: 1\n\nunix\n",
        b"Subject: 1\r\n\r\nmixed\nlines\rhere\r\n",
        b"Subject: 1\r\n\r\nno end",
        b"Subject: 1\r\n\r\nend\r",
        b"Status: RO\r\nX-Status: D\r\nContent-Length: 3\r\n\r\nabc",
        b"X-Posthorn-Export: fields=9 size=1 exact\r\n\r\nabc\r\n",
        b"From a@x Fri Jul  8 12:08:34 2011\r\n\r\nFrom b@x Fri Jul  8 12:08:34 2011\r\nA: 1\r\n\r\n>From \r\n",
        b"A: 1\r\n\r\n\r\nFrom \r\nB: 2\r\n\n\nFrom \nC: 1\n",
        b"\x00\xff\xfe\x80 8-bit \x00\r\n\r\n\x00",
    ]
    .into_iter()
    .map(<[u8]>::to_vec)
    .chain([vec![b'>'; 200_000], b">".repeat(65_530).into_iter().chain(*b"From x\r\n").collect()])
    .chain([vec![b'a'; 300_000], b"A: 1\r\n".repeat(40_000)])
    .collect();
    let flags = Flags::from_names(["\\Seen", "\\Draft", "$Junk", "\\Deleted"]);
    let all: Vec<_> = odd.into_iter().map(|bytes| (bytes, flags.clone())).collect();
    let back = read(&write(&all));
    assert_eq!(back.len(), all.len());
    for ((before, _), (after, mail)) in all.iter().zip(&back) {
        let begin = before.get(..before.len().min(60)).unwrap();
        assert!(
            before == after,
            "{:?} ({} and {} bytes)",
            String::from_utf8_lossy(begin),
            before.len(),
            after.len()
        );
        assert_eq!(mail.flags, flags);
        assert!(!mail.is_cut && !mail.is_removed);
    }
}

proptest! {
    #[test]
    fn any_bytes_come_back(messages in prop::collection::vec(
        prop::collection::vec(prop::sample::select(vec![
            "From ", ">", "\n", "\r\n", "\r", "a", ":", " Fri Jul  8 12:08:34 2011", "Status: R", "\u{0}", "é",
        ]), 0..40), 1..6))
    {
        let all: Vec<_> =
            messages.into_iter().map(|parts| (parts.concat().into_bytes(), Flags::default())).collect();
        let back: Vec<Vec<u8>> = read(&write(&all)).into_iter().map(|(bytes, _)| bytes).collect();
        prop_assert_eq!(back, all.into_iter().map(|(bytes, _)| bytes).collect::<Vec<_>>());
    }

    #[test]
    fn no_file_makes_it_stumble(file: Vec<u8>) {
        let mut reader = Reader::new(Cursor::new(file), 0).unwrap();
        while let Ok(Some(_)) = reader.next(&mut Vec::new()) {}
    }
}
