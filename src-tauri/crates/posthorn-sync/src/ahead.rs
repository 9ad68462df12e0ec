//! Reading ahead: while one batch is being written, the next is being understood; and gathering what was understood
//! meanwhile, so that it is written together.

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::failure::Failure;
use crate::limit::{GATHER_FROM, GATHER_MOST, GATHER_TIME};

/// Applies `read` (CPU work, on a blocking thread) to batch after batch, one ahead of who takes them. Ends with the
/// batches, or when nobody takes them any more.
pub(crate) fn ahead<B, R>(
    mut batches: mpsc::Receiver<B>,
    read: impl Fn(B) -> R + Clone + Send + 'static,
) -> mpsc::Receiver<Result<R, Failure>>
where
    B: Send + 'static,
    R: Send + 'static,
{
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            let read = read.clone();
            let done = tokio::task::spawn_blocking(move || read(batch)).await;
            if sender.send(done.map_err(|_| Failure::Interrupted)).await.is_err() {
                return;
            }
        }
    });
    receiver
}

/// Returns the next batch, together with those that follow closely: each commit writes the same pages anew, so that one
/// of a thousand messages costs half as much as five of two hundred. The first messages of all, a small batch, and what
/// comes slowly wait for nothing. Absent at the end.
pub(crate) async fn gathered<T>(batches: &mut mpsc::Receiver<Vec<T>>) -> Option<Vec<T>> {
    let mut all = batches.recv().await?;
    let until = Instant::now() + GATHER_TIME;
    while (GATHER_FROM..GATHER_MOST).contains(&all.len()) {
        match timeout_at(until, batches.recv()).await {
            Ok(Some(more)) => all.extend(more),
            Ok(None) | Err(_) => break,
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::{ahead, gathered};
    use crate::limit::{GATHER_FROM, GATHER_MOST};

    #[tokio::test(start_paused = true)]
    async fn what_comes_closely_is_gathered_in_its_order() {
        let (sender, mut batches) = mpsc::channel(8);
        sender.send(vec![0; GATHER_FROM - 1]).await.unwrap();
        let half = GATHER_MOST / 2 + 1;
        for number in 1..=3 {
            sender.send(vec![number; half]).await.unwrap();
        }
        assert_eq!(gathered(&mut batches).await.unwrap().len(), GATHER_FROM - 1, "the first ones");
        let both = gathered(&mut batches).await.unwrap();
        assert_eq!((both.len(), both.first(), both.last()), (2 * half, Some(&1), Some(&2)));
        // The next one does not come: the rest waits for it shortly, also while the sender lives.
        assert_eq!(gathered(&mut batches).await.unwrap(), vec![3; half]);
        drop(sender);
        assert_eq!(gathered(&mut batches).await, None);
    }

    #[tokio::test]
    async fn batches_come_in_their_order_and_a_panic_is_no_end() {
        let (sender, batches) = mpsc::channel(8);
        for number in [1, 2, 0] {
            sender.send(number).await.unwrap();
        }
        drop(sender);
        let mut read = ahead(batches, |number: u32| 10_u32.checked_div(number).unwrap());
        assert_eq!(read.recv().await.unwrap().unwrap(), 10);
        assert_eq!(read.recv().await.unwrap().unwrap(), 5);
        assert!(read.recv().await.unwrap().is_err());
        assert!(read.recv().await.is_none());
    }
}
