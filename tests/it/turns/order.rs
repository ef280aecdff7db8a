//! One person's messages that come at once are all kept, in one order.

use super::ASHA;
use crate::harness::{Place, TestApp, texts};
use crate::whole::assert_whole;
use std::collections::BTreeSet;
use std::task::Poll;

#[test]
fn twenty_at_once_on_two_servers() {
    crate::harness::on_postgres(async |place: Place| {
        let (one, other) = (place.app().await, place.app().await);
        twenty_at_once(&[&one, &other]).await;
    });
}

#[test]
fn twenty_at_once_on_one_server() {
    crate::harness::on_sqlite(async |place: Place| twenty_at_once(&[&place.app().await]).await);
}

/// Twenty of a stranger, then twenty of somebody known; to the servers in turn.
async fn twenty_at_once(apps: &[&TestApp]) {
    let db = &apps[0].app.db;
    for wave in 0..2 {
        let twenty = (0..20).map(|n| {
            let app = apps[n % apps.len()];
            async move {
                let (text, sid) = (format!("words {wave} {n}"), format!("SM{wave}-{n}"));
                app.twilio_message(ASHA, &text, &sid).await
            }
        });
        for reply in all(twenty).await {
            assert_eq!(reply.texts().len(), 1, "each is answered");
        }
        let said = texts(db, "body", "messages WHERE direction = 'in'").await;
        let distinct: BTreeSet<&String> = said.iter().collect();
        assert_eq!((said.len(), distinct.len()), (20 * (wave + 1), 20 * (wave + 1)), "none lost, none twice");
    }
    assert_eq!(apps[0].count("persons").await, 1);
    assert_eq!(apps[0].count("conversations").await, 1);
    // With assert_whole this says: places 1, 2, 3 … without a gap, each message followed by its own reply.
    let directions = texts(db, "direction", "messages ORDER BY seq").await;
    assert!(directions.windows(2).all(|pair| pair != ["in", "in"]), "{directions:?}");
    assert_whole(db).await;
}

/// Drives futures at once, on this task, and gives what each came to.
pub async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(came) => *output = Some(came),
                Poll::Pending => waiting = true,
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().map(|(_, output)| output.unwrap()).collect()
}
