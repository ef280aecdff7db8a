//! How much is done at once, and how the rest is asked for.

use super::{first, tried};
use crate::harness::{Place, TestApp};
use crate::work::{OURS, ask, hire, well};
use leadwire::domain::access::Role;
use leadwire::domain::outreach::Standing;
use leadwire::service::desk::Desk;
use leadwire::service::lifecycle::Actor;
use leadwire::service::outreach::{Fix, Fixed, Recycle, Recycled, fix, recycle};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

on_both!(
    so_many_are_taken_and_it_is_said_whether_there_are_more,
    a_request_ends_in_time_and_goes_on_where_it_was
);

async fn recycled(
    app: &TestApp,
    from: &[Option<Standing>],
    most: u64,
    stopped: &CancellationToken,
) -> Recycled {
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let desk = Desk { db: &app.app.db, ids: &app.app.ids, clock: &app.clock, tenant: OURS, actor: &actor };
    let wanted = Recycle { from: from.to_vec(), to: Standing::New, resets: false, most: Some(most) };
    recycle(&desk, &wanted, stopped, &mut |_| {}).await.unwrap()
}

async fn fixed(app: &TestApp, after: i64, most: u64, stopped: &CancellationToken) -> Fixed {
    let actor = Actor { user_id: None, program: "test".to_owned() };
    let desk = Desk { db: &app.app.db, ids: &app.app.ids, clock: &app.clock, tenant: OURS, actor: &actor };
    let wanted = Fix { after, most: Some(most), ..Fix::default() };
    fix(&desk, wanted, stopped, &mut |_| {}, &mut |_| {}).await.unwrap()
}

async fn so_many_are_taken_and_it_is_said_whether_there_are_more(place: Place) {
    let app = place.app().await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 5, "NULL").await;
    tried(&app, lead, 6, 2, "'busy'").await;
    let going = CancellationToken::new();
    let stopped = CancellationToken::new();
    stopped.cancel();

    // The first is looked at as well, and nothing is wrong with it.
    let none = fixed(&app, 0, 9, &stopped).await;
    assert_eq!((none.looked_at, none.next), (0, Some(0)), "stopped before it began");
    let some = fixed(&app, 0, 3, &going).await;
    assert_eq!((some.looked_at, some.fixed, some.next), (3, 2, Some(lead + 2)));
    let rest = fixed(&app, lead + 2, 5, &going).await;
    assert_eq!((rest.looked_at, rest.fixed, rest.next), (5, 5, None), "just so many");
    assert_eq!(app.count("leads WHERE dial_status = 'no_answer'").await, 7);

    let from = [Some(Standing::NoAnswer), Some(Standing::Busy), None];
    assert_eq!(recycled(&app, &from, 9, &stopped).await, Recycled { leads: 0, has_more: true });
    assert_eq!(recycled(&app, &from, 4, &going).await, Recycled { leads: 4, has_more: true });
    assert_eq!(
        recycled(&app, &from, 3, &going).await,
        Recycled { leads: 3, has_more: false },
        "just so many"
    );
    assert_eq!(recycled(&app, &from, 3, &stopped).await, Recycled { leads: 0, has_more: false });
    tried(&app, lead, 8, 2, "'busy'").await;
    tried(&app, lead, 10, 1, "''").await;
    assert_eq!(
        recycled(&app, &from, 2, &going).await,
        Recycled { leads: 2, has_more: true },
        "of another kind"
    );
    assert_eq!(recycled(&app, &from, 2, &going).await, Recycled { leads: 1, has_more: false });
}

/// Asks while the clock runs as fast as it can: after the first batch the time of a request is over.
async fn hurried(app: &TestApp, token: &str, path: &str, form: Json) -> Json {
    let mut answer = std::pin::pin!(ask(app, token, "POST", path, Some(&form)));
    loop {
        tokio::select! {
            reply = &mut answer => return well(&reply),
            () = tokio::task::yield_now() => app.clock.advance(1_000),
        }
    }
}

async fn a_request_ends_in_time_and_goes_on_where_it_was(place: Place) {
    let app = place.app().await;
    let lead = first(&app).await;
    tried(&app, lead, 1, 1_500, "'busy'").await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let fix = "/api/v1/outreach/fix-status";
    let some = hurried(&app, &admin.token, fix, json!({})).await;
    assert_eq!(
        (&some["looked_at"], &some["fixed"], &some["has_more"], &some["next"]),
        (&json!(1_000), &json!(999), &json!(true), &json!(lead + 999)),
        "{some}"
    );
    let rest = hurried(&app, &admin.token, fix, json!({"after": some["next"]})).await;
    assert_eq!(
        (&rest["looked_at"], &rest["fixed"], &rest["has_more"], &rest["next"]),
        (&json!(501), &json!(501), &json!(false), &Json::Null),
        "{rest}"
    );
    let (path, form) = ("/api/v1/outreach/recycle", json!({"from": ["no_answer"]}));
    let some = hurried(&app, &admin.token, path, form.clone()).await;
    assert_eq!((&some["recycled"], &some["has_more"]), (&json!(1_000), &json!(true)), "{some}");
    let rest = hurried(&app, &admin.token, path, form).await;
    assert_eq!((&rest["recycled"], &rest["has_more"]), (&json!(500), &json!(false)), "{rest}");
}
