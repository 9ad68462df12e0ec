//! The files of a whole conversation, for one strip above it.
//!
//! Nothing is fetched: a message whose bytes are not here is listed as its server described it.

use posthorn_message::{Disposition, parse};
use posthorn_model::MessageId;
use posthorn_store::message::{self, BodyState};

use super::attachment;
use super::head::conversation;
use crate::contract::{
    Attachment, Code, Error, MessageHead, OpenConversation, ThreadFile, ThreadFiles,
};
use crate::engine::Engine;
use crate::error::Result;

/// Files that are listed.
const FILE_LIMIT: usize = 1_000;
/// Messages whose bytes are read for it: more would be felt; the others are listed as the server described them.
const READ_LIMIT: usize = 100;

/// Lists the files of a conversation.
pub(crate) async fn threads_files(
    engine: &Engine,
    request: OpenConversation,
) -> Result<ThreadFiles> {
    let found = engine.store().read(move |tx| conversation(tx, &request)).await?;
    let with_files = found.messages.into_iter().filter(|head| head.attachments);
    let mut files = Vec::new();
    for (number, head) in with_files.enumerate() {
        let of_one = of_message(engine, &head, number < READ_LIMIT).await?;
        files.extend(of_one.into_iter().map(|file| ThreadFile { message: head.id, file }));
        if files.len() >= FILE_LIMIT {
            files.truncate(FILE_LIMIT);
            break;
        }
    }
    Ok(ThreadFiles { files })
}

async fn of_message(engine: &Engine, head: &MessageHead, is_read: bool) -> Result<Vec<Attachment>> {
    let id = MessageId(head.id);
    let (body, known, sections) = engine
        .store()
        .read(move |tx| {
            let sections = message::sections(tx, id)?.into_iter().map(|(name, _)| name);
            let sections: Vec<String> = sections.collect();
            Ok((message::get(tx, id)?.body, message::attachments(tx, id)?, sections))
        })
        .await?;
    match body {
        BodyState::Whole(body) if is_read => {
            let raw = engine.store().bodies().get(body).await?;
            let read = tokio::task::spawn_blocking(move || listed(&raw)).await;
            read.map_err(|error| Error::new(Code::Internal, error.to_string()))
        }
        _ => Ok(attachment::known(&known, &sections, |_| String::new())),
    }
}

/// Lists the files of a message's bytes, without pictures that its text shows.
fn listed(raw: &[u8]) -> Vec<Attachment> {
    let parsed = parse(raw);
    let is_shown = |found: &posthorn_message::Attachment| {
        let url = found.content_id.as_ref().map(|id| format!("cid:{id}"));
        url.is_some_and(|url| parsed.html.as_ref().is_some_and(|html| html.contains(&url)))
    };
    let files = parsed.attachments.iter().enumerate();
    files
        .filter(|(_, found)| found.disposition == Disposition::Attachment || !is_shown(found))
        .map(|(number, found)| attachment::parsed(number, found, ""))
        .collect()
}

#[cfg(test)]
mod tests {
    use posthorn_testkit::corpus;

    use super::listed;

    #[test]
    fn files_are_listed_and_pictures_of_the_text_are_not() {
        let names = |name: &str| {
            let all = corpus::own().unwrap();
            let name = format!("messages/{name}.eml");
            let raw = all.into_iter().find(|sample| sample.name == name).unwrap().bytes;
            listed(&raw).into_iter().map(|file| (file.part, file.name)).collect::<Vec<_>>()
        };
        let two = [(0, "offer.pdf".to_owned()), (1, "drawing.png".to_owned())];
        assert_eq!(names("attachment-pdf-png"), two);
        assert_eq!(names("attachment-inline-cid"), []);
        assert_eq!(names("attachment-message").len(), 1);
    }
}
