//! What goes to one person from one account goes in order; others pass.

use super::fake::Act;
use super::{ASHA, GREETING, jobs, say, working};
use crate::harness::Place;
use leadwire::clock::MINUTE;

on_both! {
    what_cannot_be_sent_holds_up_what_comes_after_it_and_nobody_else,
    parts_of_a_long_reply_leave_in_order,
    many_people_at_once_each_in_order,
}

async fn what_cannot_be_sent_holds_up_what_comes_after_it_and_nobody_else(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Wait(60)]);
    say(&app, ASHA, "hi").await;
    app.settled().await;
    say(&app, ASHA, "yes").await;
    say(&app, "+14155550199", "hi").await;
    app.settled().await;
    assert_eq!(fake.texts(), [GREETING], "the other's");
    assert_eq!(fake.came()[1].field("To"), "+14155550199");
    app.pass(20_000).await;
    assert_eq!(fake.came().len(), 2, "it waits behind the first");
    app.pass(40_000).await;
    assert_eq!(fake.came().len(), 4);
    let came = fake.came();
    assert_eq!((came[2].field("Body"), came[2].field("To")), (GREETING, ASHA));
    assert_ne!(came[3].field("Body"), GREETING);
    assert_eq!(jobs(&app).await, ["sent 2 0 0", "sent 1 0 0", "sent 1 0 0"]);
}

async fn parts_of_a_long_reply_leave_in_order(place: Place) {
    crate::statuses::long(&place);
    let (mut app, fake) = working(&place, &[]).await;
    fake.next(&[Act::Take, Act::Refuse(500, 0)]);
    say(&app, ASHA, "demo").await;
    app.settled().await;
    assert_eq!(jobs(&app).await, ["sent 1 0 0", "waiting 1 0 0"]);
    app.pass(MINUTE).await;
    let parts: Vec<String> = fake.came().iter().map(|came| came.callback()).collect();
    let ends = ["part=0&parts=2", "part=1&parts=2", "part=1&parts=2"];
    assert!(parts.iter().zip(ends).all(|(part, end)| part.ends_with(end)), "{parts:?}");
    assert_eq!(fake.texts().len(), 2);
}

async fn many_people_at_once_each_in_order(place: Place) {
    let (mut app, fake) = working(&place, &[]).await;
    let mut calls = 0;
    fake.always(move |_| {
        calls += 1;
        if calls % 5 == 0 { Act::Refuse(503, 0) } else { Act::Take }
    });
    let texts = ["hi", "yes", "Restaurant", "Pune", "Billing, Loyalty"];
    let people: Vec<String> = (0..20).map(|n| format!("+1415556{n:04}")).collect();
    for text in texts {
        crate::turns::all(people.iter().map(|person| say(&app, person, text))).await;
    }
    app.settled().await;
    for _ in 0..30 {
        app.pass(20 * MINUTE).await;
    }
    let mut alone = Vec::new();
    for person in &people {
        let theirs: Vec<String> = fake
            .came()
            .iter()
            .filter(|came| came.sid.is_some() && came.field("To") == person)
            .map(|came| came.field("Body").to_owned())
            .collect();
        alone.push(theirs);
    }
    assert_eq!(alone[0].len(), texts.len());
    for theirs in &alone {
        assert_eq!(theirs, &alone[0], "all are asked the same, in the same order");
    }
    assert_eq!(alone[0][0], GREETING);
}
