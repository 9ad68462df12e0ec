//! Downloads of large bodies and attachments: begun or continued, shown, stopped.

use posthorn_model::MessageId;
use posthorn_sync::DownloadProgress;

use crate::contract::{Download, DownloadRef, DownloadState, Nothing};
use crate::engine::Engine;
use crate::error::Result;

/// Returns a download as the page sees it.
pub(crate) fn told(progress: DownloadProgress, state: posthorn_sync::DownloadState) -> Download {
    Download {
        message: progress.message.0,
        section: progress.section,
        done: progress.done,
        total: progress.total,
        state: match state {
            posthorn_sync::DownloadState::Running => DownloadState::Running,
            posthorn_sync::DownloadState::Done => DownloadState::Done,
            posthorn_sync::DownloadState::Stopped => DownloadState::Stopped,
        },
    }
}

/// Returns what is under way of a message, and what was begun and stopped.
pub(crate) async fn of_message(engine: &Engine, id: MessageId) -> Result<Vec<Download>> {
    let running = engine.sync().downloads().into_iter().filter(|one| one.message == id);
    let mut all: Vec<Download> =
        running.map(|one| told(one, posthorn_sync::DownloadState::Running)).collect();
    for begun in engine.store().bodies().begun(id).await? {
        if all.iter().all(|one| one.section != begun.section) {
            all.push(Download {
                message: id.0,
                section: begun.section,
                done: begun.len,
                total: begun.size,
                state: DownloadState::Stopped,
            });
        }
    }
    Ok(all)
}

/// Says which downloads are under way.
pub(crate) async fn downloads_list(engine: &Engine, _: Nothing) -> Result<Vec<Download>> {
    let all = engine.sync().downloads().into_iter();
    Ok(all.map(|one| told(one, posthorn_sync::DownloadState::Running)).collect())
}

/// Fetches a body or attachment, or what is missing of it; answers when all of it is here.
pub(crate) async fn downloads_begin(engine: &Engine, request: DownloadRef) -> Result<Nothing> {
    let id = MessageId(request.message);
    if request.section.is_empty() {
        engine.sync().fetch_body(id).await?;
    } else {
        engine.sync().fetch_section(id, &request.section).await?;
    }
    Ok(Nothing {})
}

/// Stops a download; what came stays.
pub(crate) async fn downloads_cancel(engine: &Engine, request: DownloadRef) -> Result<Nothing> {
    engine.sync().cancel_download(MessageId(request.message), &request.section);
    Ok(Nothing {})
}
