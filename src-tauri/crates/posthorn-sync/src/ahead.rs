//! Reading ahead: while one batch is being written, the next is being understood.

use tokio::sync::mpsc;

use crate::failure::Failure;

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

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::ahead;

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
