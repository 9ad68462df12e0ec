//! Opening a list, windows of it, and where a message stands in it.

use std::sync::Arc;
use std::time::Duration;

use posthorn_model::{AccountId, MailboxId, MessageId, Position};
use posthorn_query::{Field, Query, State, Term, TokenKind};
use posthorn_store::search::{self, Search, Told};
use posthorn_store::view::{self, Filter, Grouping, Sort, Source, View};
use posthorn_store::{ReadTx, account, mailbox, message, thread};
use tokio::time::Instant;

use super::grow::grow;
use super::{Info, beyond, catch_up, row};
use crate::contract::{
    ById, Error, FindInView, FoundInView, Nothing, OpenedView, QuickFilter, RangeOfView,
    SearchInfo, SearchToken, SortKey, ViewRange, ViewSource, ViewSpec,
};
use crate::engine::Engine;
use crate::error::Result;

/// Rows that come with the opened list.
const FIRST_ROWS: usize = 128;
/// Positions that are read before a list of folders is shown: longer ones are read on behind it.
const FIRST_POSITIONS: usize = 8192;
/// The same in an order that is not that of time, where each position must be looked up: a few windows.
const FIRST_SORTED: usize = 1024;
/// Hits that are looked for before a search is shown.
const FIRST_HITS: usize = 512;
/// Time for that: what was found until then is shown, the rest follows.
const FIRST_TIME: Duration = Duration::from_millis(20);
/// Rows of one window.
const WINDOW_LIMIT: u32 = 512;

/// Returns when and where a search is typed.
fn now(engine: &Engine) -> posthorn_query::Now {
    let at = engine.clock().now();
    let zone = jiff::tz::TimeZone::system();
    let instant = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    posthorn_query::Now { at, utc_offset_seconds: zone.to_offset(instant).seconds() }
}

fn sort(spec: &ViewSpec) -> Sort {
    match (spec.sort, spec.ascending) {
        (SortKey::Date, false) => Sort::Newest,
        (SortKey::Date, true) => Sort::Oldest,
        (SortKey::Sender, _) => Sort::Sender,
        (SortKey::Subject, _) => Sort::Subject,
        (SortKey::Size, _) => Sort::Size,
    }
}

/// A search says in words what a list of a folder filters.
fn filtered(query: Query, filter: QuickFilter) -> Query {
    let mut members = vec![query];
    let mut add = |is_set: bool, term: Term| {
        if is_set {
            members.push(Query::Term(term));
        }
    };
    add(filter.unread, Term::Is(State::Unread));
    add(filter.starred, Term::Is(State::Starred));
    add(filter.with_files, Term::HasAttachment);
    Query::and(members)
}

/// What a page asked for, before the store is asked.
struct Asked {
    spec: ViewSpec,
    now: posthorn_query::Now,
    parsed: Option<posthorn_query::Parsed>,
}

/// Returns what a search calls an account.
fn word_for(owner: account::Account) -> String {
    if owner.is_local() { account::LOCAL_WORD.to_owned() } else { owner.settings.email }
}

fn store_spec(tx: &ReadTx<'_>, asked: &Asked) -> posthorn_store::Result<view::ViewSpec> {
    let spec = &asked.spec;
    let searching = |query, told: Option<Told>| {
        Source::Search(Search { told, ..Search::new(filtered(query, spec.filter), asked.now) })
    };
    let source = match &spec.source {
        ViewSource::Mailbox { mailbox } => {
            // A folder that is gone is told as such, not as an empty list.
            Source::Mailbox(mailbox::get(tx, MailboxId(*mailbox))?.id)
        }
        ViewSource::Role { role } => Source::Unified((*role).into()),
        ViewSource::Starred => searching(Query::Term(Term::Is(State::Starred)), None),
        ViewSource::FollowUps => Source::FollowUps,
        ViewSource::Search { mailbox: within, account: of, .. } => {
            let mut members =
                vec![asked.parsed.as_ref().map_or(Query::All, |parsed| parsed.query.clone())];
            if let Some(id) = within {
                let folder = mailbox::get(tx, MailboxId(*id))?;
                members.push(Query::Term(Term::In(folder.path)));
                let owner = account::get(tx, folder.account)?;
                members.push(Query::Term(Term::Account(word_for(owner))));
            }
            if let Some(id) = of {
                let owner = account::get(tx, AccountId(*id))?;
                members.push(Query::Term(Term::Account(word_for(owner))));
            }
            searching(Query::and(members), Some(Told::default()))
        }
    };
    let is_search = matches!(source, Source::Search(_));
    let filter = Filter {
        only_unread: spec.filter.unread && !is_search,
        only_starred: spec.filter.starred && !is_search,
        only_files: spec.filter.with_files && !is_search,
    };
    // A hit is a message, and so is what nobody answered.
    let is_single = is_search || source == Source::FollowUps;
    let grouping =
        if spec.conversations && !is_single { Grouping::Threads } else { Grouping::Messages };
    Ok(view::ViewSpec { source, grouping, filter, sort: sort(spec) })
}

/// Opens a list.
pub(crate) async fn views_open(engine: &Engine, spec: ViewSpec) -> Result<OpenedView> {
    let now = now(engine);
    let parsed = match &spec.source {
        ViewSource::Search { text, .. } => Some((posthorn_query::parse(text, now), text.clone())),
        _ => None,
    };
    let (parsed, text) =
        parsed.map_or((None, String::new()), |(parsed, text)| (Some(parsed), text));
    let asked = Asked { spec, now, parsed };
    let (id, slot) = engine.views().reserve();
    // Held before the list is read: what is committed from now on waits in the slot's notes.
    let mut list = slot.list.lock().await;
    let read = engine.store().read(move |tx| {
        let spec = store_spec(tx, &asked)?;
        let is_search = matches!(spec.source, Source::Search(_));
        let is_by_time = matches!(spec.sort, Sort::Newest | Sort::Oldest);
        let limit = match (is_search, is_by_time) {
            (true, _) => FIRST_HITS,
            (false, true) => FIRST_POSITIONS,
            (false, false) => FIRST_SORTED,
        };
        let view = view::open_window(tx, &spec, limit, Some(Instant::now() + FIRST_TIME))?;
        let rows = row::read(tx, &view, view.window(0..FIRST_ROWS))?;
        let info = asked.parsed.map(|parsed| info(tx, parsed, &text)).transpose()?;
        Ok((view, rows, info))
    });
    let opened = match read.await {
        Ok(opened) => opened,
        Err(error) => {
            engine.views().remove(id);
            return Err(error.into());
        }
    };
    let (view, rows, search) = opened;
    let (version, total, unread) = (view.version(), view.len() as u64, view.unread() as u64);
    let counting = !view.is_whole();
    let beyond = match &view.spec().source {
        Source::Search(search) => search.told.clone().map(|told| (search.clone(), told)),
        _ => None,
    };
    *list = Some(view);
    drop(list);
    if let Some((search, told)) = beyond {
        // Ends with the list, or the engine.
        drop(tokio::spawn(beyond::search(engine.clone(), id, Arc::clone(&slot), search, told)));
    }
    if counting {
        // Ends by itself when the list is whole or closed, or the engine ends.
        drop(tokio::spawn(grow(engine.clone(), id, slot)));
    }
    // One snapshot gave both: no row can be missing.
    let rows = rows.into_iter().flatten().collect();
    let search = Info::from(search);
    Ok(OpenedView { view: id, version, total, unread, counting, rows, search })
}

fn info(
    tx: &ReadTx<'_>,
    parsed: posthorn_query::Parsed,
    text: &str,
) -> posthorn_store::Result<SearchInfo> {
    let coverage = search::coverage(tx)?;
    let units = |to: usize| text.get(..to).unwrap_or_default().encode_utf16().count() as u32;
    let tokens = parsed.tokens.iter().map(|token| {
        let piece = text.get(token.range.clone()).unwrap_or_default();
        let operator = piece
            .split([':', '：'])
            .next()
            .unwrap_or_default()
            .trim_start_matches('-')
            .to_lowercase();
        let kind = match token.kind {
            TokenKind::Word => "word",
            TokenKind::Phrase => "phrase",
            TokenKind::Operator | TokenKind::Incomplete => "operator",
            TokenKind::Unknown => "unknown",
            TokenKind::Not => "not",
            TokenKind::Or => "or",
            TokenKind::Parenthesis => "paren",
        };
        let hint = match token.kind {
            TokenKind::Incomplete => "incomplete",
            TokenKind::Unknown => "unknown",
            _ => "",
        };
        SearchToken {
            start: units(token.range.start),
            end: units(token.range.end),
            kind: kind.to_owned(),
            operator: if kind == "operator" { operator } else { String::new() },
            hint: hint.to_owned(),
        }
    });
    let tokens = tokens.collect();
    let highlight = parsed.query.terms().into_iter().filter_map(|term| match term {
        Term::Text {
            text,
            field: Field::Any | Field::Subject | Field::From | Field::To | Field::Body,
            ..
        } => Some(text.clone()),
        _ => None,
    });
    Ok(SearchInfo {
        tokens,
        indexed: coverage.bodies,
        messages: coverage.messages,
        highlight: highlight.collect(),
    })
}

/// Gives rows of a list.
pub(crate) async fn views_range(engine: &Engine, request: RangeOfView) -> Result<ViewRange> {
    if request.len == 0 || request.len > WINDOW_LIMIT {
        return Err(Error::invalid(format!("A window has 1 to {WINDOW_LIMIT} rows")));
    }
    let slot = engine.views().get(request.view)?;
    let mut list = slot.list.lock().await;
    let start = usize::try_from(request.start).unwrap_or(usize::MAX);
    let end = start.saturating_add(request.len as usize);
    // A row that is gone shows that the list is behind: it is brought in line, and read once more.
    for _ in 0..2 {
        let listed = list.take().ok_or_else(|| {
            Error::new(crate::contract::Code::NotFound, "This list could not be read")
        })?;
        let read = engine.store().read(move |tx| {
            let rows = row::read(tx, &listed, listed.window(start..end));
            Ok((listed, rows))
        });
        let (listed, rows) = read.await?;
        let (version, total) = (listed.version(), listed.len() as u64);
        let missing: Vec<Position> = match &rows {
            Ok(rows) => {
                let window = listed.window(start..end);
                window
                    .iter()
                    .zip(rows)
                    .filter(|(_, row)| row.is_none())
                    .map(|(position, _)| *position)
                    .collect()
            }
            Err(_) => Vec::new(),
        };
        *list = Some(listed);
        let rows = rows?;
        if missing.is_empty() {
            let rows = rows.into_iter().flatten().collect();
            return Ok(ViewRange { version, start: request.start, total, rows });
        }
        slot.touched
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .positions
            .extend(missing);
        catch_up(engine, request.view, &slot, &mut list).await?;
    }
    Err(Error::new(
        crate::contract::Code::Conflict,
        "The list changes faster than it can be read; ask again",
    ))
}

/// Returns the positions by which a list may call a message.
fn places(
    tx: &ReadTx<'_>,
    list_of: Grouping,
    mailboxes: &[MailboxId],
    id: MessageId,
) -> posthorn_store::Result<Vec<Position>> {
    let found = message::get(tx, id)?;
    if list_of == Grouping::Messages {
        return Ok(vec![found.position]);
    }
    let parts = thread::parts(tx, found.thread)?
        .into_iter()
        .filter(|part| mailboxes.contains(&part.mailbox));
    let mut latest: Vec<Position> = parts.map(|part| part.latest).collect();
    latest.sort_unstable_by(|one, other| other.cmp(one));
    Ok(latest)
}

/// Finds a message in a list.
pub(crate) async fn views_find(engine: &Engine, request: FindInView) -> Result<FoundInView> {
    let slot = engine.views().get(request.view)?;
    let list = slot.list.lock().await;
    let Some(open) = list.as_ref() else { return Ok(FoundInView { index: None }) };
    let (grouping, mailboxes) = (open.spec().grouping, open.mailboxes().to_vec());
    let id = MessageId(request.message);
    let found = engine.store().read(move |tx| places(tx, grouping, &mailboxes, id)).await;
    let places = match found {
        Err(posthorn_store::Error::NotFound(_)) => Vec::new(),
        other => other?,
    };
    let index_in = |open: &View| places.iter().find_map(|place| open.index_of(*place));
    let mut index = index_in(open);
    if index.is_none() && !open.is_whole() && !places.is_empty() {
        drop(list);
        index = slot.whole().await.as_ref().and_then(index_in);
    }
    Ok(FoundInView { index: index.map(|index| index as u64) })
}

/// Closes a list.
pub(crate) async fn views_close(engine: &Engine, request: ById) -> Result<Nothing> {
    engine.views().remove(request.id);
    Ok(Nothing {})
}
