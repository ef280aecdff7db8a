//! Lists of leads: filters, search, pages; what is pending; a day's agenda.

use super::{OTHER, OURS, ask, enquiry, entered, hire, id, two_centers, well};
use crate::harness::{Place, TestApp, execute, texts};
use leadwire::clock::{DAY, HOUR};
use leadwire::domain::access::Role;
use leadwire::service::indexing;
use leadwire::store::leads;
use serde_json::{Value as Json, json};

on_both!(
    filters_and_search,
    pages_by_number_and_by_cursor,
    numbers_of_the_lead_log,
    numbers_are_those_of_the_leads,
    a_list_is_counted_up_to_a_bound,
    what_is_pending_in_pages,
    a_day_s_agenda,
    visits_of_a_day,
);

async fn listed(app: &TestApp, token: &str, query: &str) -> Vec<i64> {
    let reply = ask(app, token, "GET", &format!("/api/v1/leads{query}"), None).await;
    well(&reply).as_array().unwrap().iter().map(id).collect()
}

/// What triggers keep, summed up, and what there is.
async fn both_counts(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let standing =
        "CASE WHEN merged_into IS NOT NULL THEN 'merged' WHEN is_active THEN 'active' ELSE 'inactive' END";
    let line = "CAST(tenant_id AS TEXT) || ' ' || status || ' ' || standing || ' ' || CAST(n AS TEXT)";
    let kept = "(SELECT tenant_id, status, standing, CAST(SUM(n) AS BIGINT) AS n FROM lead_counts GROUP BY tenant_id, status, standing) k
        WHERE n <> 0 ORDER BY 1";
    let there = format!(
        "(SELECT tenant_id, status, {standing} AS standing, COUNT(*) AS n FROM leads GROUP BY 1, 2, 3) k ORDER BY 1"
    );
    (texts(&app.app.db, line, kept).await, texts(&app.app.db, line, &there).await)
}

async fn numbers_are_those_of_the_leads(place: Place) {
    let app = two_centers(&place).await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let stranger = hire(&app, OTHER, Role::CenterAdmin).await;
    let equal = async |label: &str| {
        let (kept, there) = both_counts(&app).await;
        assert_eq!(kept, there, "{label}");
        assert!(!there.is_empty());
    };
    let do_it = async |method: &str, path: String, body: Json| {
        well(&ask(&app, &admin.token, method, &path, Some(&body).filter(|body| !body.is_null())).await)
    };
    entered(&app, &stranger.token, "+14155550199").await;
    app.twilio_message("+14155550104", "Hello", "SM1").await.texts();
    let mut all = Vec::new();
    for n in 1..=3 {
        all.push(id(&entered(&app, &admin.token, &format!("+1415555010{n}")).await));
    }
    equal("entered").await;
    do_it("POST", format!("/api/v1/leads/{}/convert", all[0]), json!({"customer_ref": 1})).await;
    do_it("POST", format!("/api/v1/leads/{}/close", all[1]), json!({"reason": "x"})).await;
    do_it("DELETE", format!("/api/v1/leads/{}", all[1]), Json::Null).await;
    do_it("PATCH", format!("/api/v1/leads/{}", all[2]), json!({"school": "x"})).await;
    equal("moved on").await;
    leads::tally(&app.app.db).await.unwrap();
    equal("summed up").await;
    let rows = app.count("lead_counts").await;
    let twice = id(&entered(&app, &admin.token, "+14155550103").await);
    let merged = do_it(
        "POST",
        format!("/api/v1/leads/{}/merge", all[2]),
        json!({"other_lead_id": twice, "reason": "x"}),
    )
    .await;
    equal("merged").await;
    do_it("POST", format!("/api/v1/merges/{}/undo", merged["id"]), json!({"reason": "x"})).await;
    execute(&app.app.db, format!("DELETE FROM leads WHERE id = {twice}")).await;
    equal("deleted").await;
    let (one, other) = tokio::join!(leads::tally(&app.app.db), leads::tally(&app.app.db));
    one.and(other).unwrap();
    equal("summed up twice at once").await;
    assert!(app.count("lead_counts").await <= rows + 1, "rows that came meanwhile are gone");
    let stats = do_it("GET", "/api/v1/leads/stats".to_owned(), Json::Null).await;
    assert_eq!(
        (&stats["total_leads"], &stats["active_leads"], &stats["converted_leads"]),
        (&json!(4), &json!(3), &json!(1))
    );
}

async fn a_list_is_counted_up_to_a_bound(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let lead = id(&entered(&app, &admin.token, "+14155550101").await);
    for n in 1..=501 {
        let columns = "tenant_id, person_id, status, channel, fields, message_count, score, class, scored_in, is_active, created_at, updated_at, keywords";
        execute(&app.app.db, format!("INSERT INTO leads (id, {columns}) SELECT {lead} + {n}, {columns} FROM leads WHERE id = {lead}")).await;
    }
    indexing::read(&app.app).await.unwrap();
    let asked = async |query: &str| {
        let reply = ask(&app, &admin.token, "GET", &format!("/api/v1/leads{query}"), None).await;
        let ids: Vec<i64> = well(&reply).as_array().unwrap().iter().map(id).collect();
        (reply.header("x-total-count").to_owned(), reply.header("x-total-count-is").to_owned(), ids)
    };
    for (query, up_to) in
        [("?limit=2", "500"), ("?limit=2&status=ENQUIRY_RECEIVED", "500"), ("?limit=2&search=anshu", "100")]
    {
        let (total, is, ids) = asked(query).await;
        assert_eq!(
            (total.as_str(), is.as_str(), ids),
            (up_to, "at-least", vec![lead + 501, lead + 500]),
            "{query}"
        );
        let (_, _, ids) = asked(&format!("{query}&skip=500")).await;
        assert_eq!(ids, [lead + 1, lead], "{query}");
    }
    let (total, is, ids) = asked("?limit=2&source=nowhere").await;
    assert_eq!((total.as_str(), is.as_str(), ids.len()), ("0", "exact", 0));
    execute(&app.app.db, format!("DELETE FROM leads WHERE id > {lead} + 499")).await;
    let (total, is, _) = asked("?limit=2").await;
    assert_eq!((total.as_str(), is.as_str()), ("500", "exact"));
}

async fn filters_and_search(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OURS, Role::Counselor).await;
    let stranger = hire(&app, OTHER, Role::Counselor).await;
    entered(&app, &stranger.token, "+14155550199").await;
    let first = id(&entered(&app, &who.token, "+14155550101").await);
    app.clock.advance(2 * DAY);
    let mut form = enquiry("+14155550102");
    form["child"] = json!({"first_name": "Zoë", "last_name": "D'Ávila"});
    form["parents"][0]["name"] = json!("प्रिया शर्मा");
    form["parents"][0]["email"] = json!("priya@school.example.org");
    form["source"] = json!("REFERRAL");
    form["assigned_to_user_id"] = json!(who.user_id);
    let second = id(&well(&ask(&app, &who.token, "POST", "/api/v1/leads/enquiry", Some(&form)).await));
    app.twilio_message("+14155550103", "Hello", "SM1").await.texts();
    let third = listed(&app, &who.token, "").await[0];
    indexing::read(&app.app).await.unwrap();
    well(
        &ask(
            &app,
            &who.token,
            "POST",
            &format!("/api/v1/leads/{first}/convert"),
            Some(&json!({"customer_ref": 1})),
        )
        .await,
    );
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    well(&ask(&app, &admin.token, "DELETE", &format!("/api/v1/leads/{third}"), None).await);
    let rows: [(&str, &[i64]); 25] = [
        ("", &[third, second, first]),
        ("?status=CONVERTED", &[first]),
        ("?converted=True", &[first]),
        ("?converted=false&active=true", &[second]),
        ("?active=false", &[third]),
        ("?source=REFERRAL", &[second]),
        ("?channel=sms", &[third]),
        ("?channel=enquiry&source=WALK_IN", &[first]),
        ("?class=Unqualified", &[third, second, first]),
        ("?class=SQL", &[]),
        ("?assigned_to=me", &[second]),
        ("?from=2026-01-07", &[third, second]),
        ("?to=2026-01-07", &[first]),
        ("?from=2026-01-05T10:00:00Z&to=2026-01-05T10:00:01Z", &[first]),
        ("?search=zoe", &[second]),
        ("?search=avila", &[second]),
        ("?search=%E0%A4%B6%E0%A4%B0%E0%A5%8D%E0%A4%AE%E0%A4%BE", &[second]),
        ("?search=priya%40school", &[second]),
        ("?search=goyal+ansh", &[first]),
        ("?search=415+555-0102", &[second]),
        ("?search=%2B1+(415)+5550103", &[third]),
        ("?search=enq0002", &[second]),
        ("?search=4155550199", &[]),
        ("?search=%22%27%29+OR+zzz%3Dzzz", &[]),
        ("?search=goyal&status=CONVERTED&source=WALK_IN", &[first]),
    ];
    for (query, expected) in rows {
        assert_eq!(listed(&app, &who.token, query).await, expected, "{query}");
    }
    for query in [
        "?status=OPEN",
        "?converted=perhaps",
        "?class=HOT",
        "?channel=fax",
        "?limit=0",
        "?limit=501",
        "?skip=-1",
        "?cursor=x",
        "?from=soon",
        "?sort=name",
        "?assigned_to=ann",
    ] {
        let reply = ask(&app, &who.token, "GET", &format!("/api/v1/leads{query}"), None).await;
        let status = if ["?cursor=x", "?from=soon"].contains(&query) { 422 } else { 400 };
        assert_eq!(reply.status, status, "{query}: {reply:?}");
    }
    let reply = ask(&app, &who.token, "GET", "/api/v1/leads?sort=name", None).await;
    let told = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(["\"sort\"", "limit", "status"].iter().all(|name| told.contains(name)), "{told}");
    // The words of a lead change with it.
    let searched = listed(&app, &who.token, "?search=hello").await;
    assert!(searched.is_empty(), "messages are not its words");
}

async fn pages_by_number_and_by_cursor(place: Place) {
    let app = two_centers(&place).await;
    let (ours, theirs) = (hire(&app, OURS, Role::Counselor).await, hire(&app, OTHER, Role::Counselor).await);
    for n in 0..5 {
        entered(&app, &ours.token, &format!("+1415555010{n}")).await;
        entered(&app, &theirs.token, &format!("+1415555020{n}")).await;
    }
    let all = listed(&app, crate::harness::ADMIN_TOKEN, "").await;
    assert_eq!(all.len(), 10);
    for token in [crate::harness::ADMIN_TOKEN, ours.token.as_str()] {
        let all = listed(&app, token, "").await;
        let (mut seen, mut next) = (Vec::new(), Some("/api/v1/leads?limit=2&search=goyal".to_owned()));
        let mut first = true;
        while let Some(path) = next {
            let reply = ask(&app, token, "GET", &path, None).await;
            if first {
                assert_eq!(reply.header("x-total-count"), all.len().to_string());
                assert_eq!(reply.header("x-total-count-is"), "exact");
            }
            first = false;
            seen.extend(well(&reply).as_array().unwrap().iter().map(id));
            let link = reply.header("link");
            next =
                link.strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(path, _)| path.to_owned());
        }
        assert_eq!(seen, all, "by cursor");
        let mut seen = Vec::new();
        for skip in (0..12).step_by(3) {
            seen.extend(listed(&app, token, &format!("?limit=3&skip={skip}")).await);
        }
        assert_eq!(seen, all, "by number");
    }
}

async fn numbers_of_the_lead_log(place: Place) {
    let app = place.app().await;
    let admin = hire(&app, OURS, Role::CenterAdmin).await;
    let mut leads = Vec::new();
    for n in 0..4 {
        leads.push(id(&entered(&app, &admin.token, &format!("+1415555010{n}")).await));
    }
    well(
        &ask(
            &app,
            &admin.token,
            "POST",
            &format!("/api/admin/leads/{}/convert", leads[0]),
            Some(&json!({"student_id": 123})),
        )
        .await,
    );
    for lead in &leads[1..3] {
        let gone = well(&ask(&app, &admin.token, "DELETE", &format!("/api/admin/leads/{lead}"), None).await);
        assert_eq!((&gone["is_active"], &gone["status"]), (&json!(false), &json!("ENQUIRY_RECEIVED")));
    }
    let again = ask(&app, &admin.token, "DELETE", &format!("/api/admin/leads/{}", leads[1]), None).await;
    assert_eq!(again.status, 200, "twice is once");
    let stats = well(&ask(&app, &admin.token, "GET", "/api/admin/leads/stats", None).await);
    let expected = json!({"total_leads": 4, "active_leads": 2, "converted_leads": 1, "unconverted_leads": 1, "conversion_rate": "25.0%"});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&stats[name], value, "{name}");
    }
    let converted =
        well(&ask(&app, &admin.token, "GET", "/api/admin/leads?converted=True&limit=10&skip=0", None).await);
    assert_eq!(
        (&converted[0]["student_id"], &converted[0]["converted_to_student"]),
        (&json!(123), &json!(true))
    );
    well(&ask(&app, &admin.token, "POST", &format!("/api/v1/leads/{}/activate", leads[1]), None).await);
    let stats = well(&ask(&app, &admin.token, "GET", "/api/v1/leads/stats", None).await);
    assert_eq!(stats["active_leads"], 3);
    assert_eq!(app.count("leads").await, 4, "nothing is deleted");
}

async fn what_is_pending_in_pages(place: Place) {
    let app = two_centers(&place).await;
    let (ours, theirs) = (hire(&app, OURS, Role::Counselor).await, hire(&app, OTHER, Role::Counselor).await);
    let mut dates = Vec::new();
    for (n, who) in [&ours, &theirs].into_iter().cycle().take(10).enumerate() {
        let lead = id(&entered(&app, &who.token, &format!("+1415555010{n}")).await);
        // The later entered, the earlier due; two at a time.
        let date = format!("2026-02-{:02}T10:00:00Z", 28 - n / 4);
        let plan = json!({"scheduled_date": date});
        well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{lead}/follow-up"), Some(&plan)).await);
        dates.push((if n % 2 == 0 { 1 } else { 2 }, date));
    }
    let path = "/api/v1/leads/follow-ups/pending";
    let mine = well(&ask(&app, &ours.token, "GET", path, None).await);
    let found: Vec<&str> =
        mine.as_array().unwrap().iter().map(|one| one["scheduled_date"].as_str().unwrap()).collect();
    let mut expected: Vec<&str> =
        dates.iter().filter(|(tenant, _)| *tenant == 1).map(|(_, date)| date.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(found, expected, "by date");
    let whole = well(&ask(&app, crate::harness::ADMIN_TOKEN, "GET", path, None).await);
    let all: Vec<i64> = whole.as_array().unwrap().iter().map(id).collect();
    assert_eq!(all.len(), 10);
    let (mut seen, mut next) = (Vec::new(), Some(format!("{path}?limit=3")));
    while let Some(path) = next {
        let reply = ask(&app, crate::harness::ADMIN_TOKEN, "GET", &path, None).await;
        seen.extend(well(&reply).as_array().unwrap().iter().map(id));
        let link = reply.header("link");
        next = link.strip_prefix('<').and_then(|rest| rest.split_once('>')).map(|(path, _)| path.to_owned());
    }
    assert_eq!(seen, all, "by cursor");
    let mut seen = Vec::new();
    for skip in (0..12).step_by(4) {
        let path = format!("{path}?limit=4&skip={skip}");
        let page = well(&ask(&app, crate::harness::ADMIN_TOKEN, "GET", &path, None).await);
        seen.extend(page.as_array().unwrap().iter().map(id));
    }
    assert_eq!(seen, all, "by number");
    let path = format!("{path}?assigned_to={}", ours.user_id);
    assert_eq!(well(&ask(&app, &ours.token, "GET", &path, None).await).as_array().unwrap().len(), 5);
    let path = format!("{path}&center_id=1");
    assert_eq!(well(&ask(&app, &ours.token, "GET", &path, None).await).as_array().unwrap().len(), 5);
}

async fn a_day_s_agenda(place: Place) {
    let app = two_centers(&place).await;
    // In the other center it is 15:30 on the fifth.
    let who = hire(&app, OTHER, Role::Counselor).await;
    let trainer = hire(&app, OTHER, Role::Trainer).await;
    let plan = async |n: i64, date: &str| {
        let lead = id(&entered(&app, &who.token, &format!("+1415555010{n}")).await);
        let body = json!({"scheduled_date": date});
        id(&well(
            &ask(&app, &who.token, "POST", &format!("/api/v1/leads/{lead}/follow-up"), Some(&body)).await,
        ))
    };
    let yesterday = plan(0, "2026-01-04T12:00:00").await;
    let morning = plan(1, "2026-01-05T15:00:00").await;
    let evening = plan(2, "2026-01-05T23:59:00").await;
    let tomorrow = plan(3, "2026-01-06T00:00:00").await;
    let lead = id(&entered(&app, &who.token, "+14155550109").await);
    let body = json!({"scheduled_at": "2026-01-05T18:00:00", "trainer_user_id": trainer.user_id});
    well(&ask(&app, &who.token, "POST", &format!("/api/v1/leads/{lead}/intro-visit"), Some(&body)).await);
    let agenda = async |who: &str, query: &str| {
        let agenda = well(&ask(&app, who, "GET", &format!("/api/v1/agenda{query}"), None).await);
        let ids = |part: &str| agenda[part].as_array().unwrap().iter().map(id).collect::<Vec<i64>>();
        (agenda["date"].clone(), ids("overdue"), ids("due"), agenda["visits"].as_array().unwrap().len())
    };
    let today = (json!("2026-01-05"), vec![yesterday, morning], vec![evening], 0);
    assert_eq!(agenda(&who.token, "").await, today);
    let next = (json!("2026-01-06"), vec![yesterday, morning, evening], vec![tomorrow], 0);
    assert_eq!(agenda(&who.token, "?date=2026-01-06").await, next);
    assert_eq!(agenda(&trainer.token, "").await, (json!("2026-01-05"), vec![], vec![], 1));
    app.clock.advance(9 * HOUR);
    assert_eq!(agenda(&who.token, "").await.0, "2026-01-06", "by the center's clock");
    let bad = [("?date=soon", 422), ("?user_id=1", 404)];
    for (query, status) in bad {
        assert_eq!(
            ask(&app, &who.token, "GET", &format!("/api/v1/agenda{query}"), None).await.status,
            status
        );
    }
    let reply = ask(&app, crate::harness::ADMIN_TOKEN, "GET", "/api/v1/agenda?center_id=2", None).await;
    assert_eq!(reply.status, 422, "nobody's token has to say whose");
}

async fn visits_of_a_day(place: Place) {
    let app = two_centers(&place).await;
    let who = hire(&app, OTHER, Role::Counselor).await;
    let mut visits = Vec::new();
    for (n, at) in
        ["2026-02-15T00:30:00", "2026-02-15T23:30:00", "2026-02-16T00:00:00"].into_iter().enumerate()
    {
        let lead = id(&entered(&app, &who.token, &format!("+1415555010{n}")).await);
        let body = json!({"scheduled_at": at});
        let visit =
            ask(&app, &who.token, "POST", &format!("/api/v1/leads/{lead}/intro-visit"), Some(&body)).await;
        visits.push((lead, id(&well(&visit))));
    }
    let of = async |query: &str| {
        let found = well(&ask(&app, &who.token, "GET", &format!("/api/v1/intro-visits{query}"), None).await);
        found.as_array().unwrap().iter().map(id).collect::<Vec<i64>>()
    };
    assert_eq!(of("?date=2026-02-15").await, [visits[0].1, visits[1].1], "by the center's clock");
    assert_eq!(of("?from=2026-02-16").await, [visits[2].1]);
    assert_eq!(of(&format!("?lead_id={}", visits[1].0)).await, [visits[1].1]);
    assert_eq!(of("?limit=1&skip=1").await, [visits[1].1]);
    assert_eq!(of("?open=true").await.len(), 3);
    let one: Json =
        well(&ask(&app, &who.token, "GET", &format!("/api/v1/intro-visits/{}", visits[0].1), None).await);
    assert_eq!(one["scheduled_at"], "2026-02-14T19:00:00Z");
}
