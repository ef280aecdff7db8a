//! Campaigns at the terminal, beside a running server.

use super::SENDS;
use crate::harness::Place;
use crate::process::{Said, finish, program, usual};
use crate::work::{OURS, entered, hire, id, two_centers_with};
use leadwire::domain::access::Role;
use serde_json::Value as Json;

on_both!(
    a_campaign_from_the_first_file_to_its_end,
    lists_at_the_terminal,
    what_cannot_be_done_is_said,
    the_first_command_of_all_finds_the_default_tenant,
);

/// Runs a command of a machine that sends.
fn run(place: &Place, arguments: &[&str]) -> Said {
    let mut command = program(place);
    command.args(arguments).envs(usual(place)).envs(SENDS);
    finish(command)
}

fn file(place: &Place, name: &str, text: &str) {
    std::fs::write(place.folder().join(name), text).unwrap();
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

async fn a_campaign_from_the_first_file_to_its_end(place: Place) {
    let app = two_centers_with(&place, &SENDS).await;
    let token = hire(&app, OURS, Role::CenterAdmin).await.token;
    let mut leads = Vec::new();
    for n in 1..=3 {
        leads.push(id(&entered(&app, &token, &format!("+91987654320{n}")).await).to_string());
    }
    file(
        &place,
        "spring.toml",
        "steps = [{ channel = \"whatsapp\", attempts = 2, template = \"HX0123456789abcdef0123456789abcdef\" }, { channel = \"sms\", attempts = 2 }]\nprices = { sms = 0.25 }\nholidays = [\"2026-12-25\"]\n",
    );
    let made = json(&run(&place, &["campaign", "create", "Spring term", "spring.toml", "--json"]).ok());
    assert_eq!((&made["state"], &made["settings"]["steps"][0]["attempts"]), (&"draft".into(), &2.into()));
    let campaign = made["id"].to_string();

    // What is shown is what may be set.
    let shown = run(&place, &["campaign", "show", &campaign]).ok();
    assert!(shown.starts_with(&format!("# Spring term ({campaign}): draft, version 0\n")), "{shown}");
    file(&place, "shown.toml", &shown.replace("ready = 200", "ready = 20"));
    let set = run(&place, &["campaign", "set", &campaign, "shown.toml", "--name", "Summer"]).ok();
    assert_eq!(set.trim(), format!("campaign {campaign} (Summer) changed; its leads are looked at again"));
    let after = json(&run(&place, &["campaign", "show", &campaign, "--json"]).ok());
    let mut settings = made["settings"].clone();
    settings["ready"] = 20.into();
    assert_eq!((&after["settings"], &after["version"]), (&settings, &1.into()));

    let added = run(&place, &["campaign", "add", &campaign, &leads[0], &leads[0]]).ok();
    assert!(added.starts_with("1 of 2 came in;"), "{added}");
    file(&place, "ids.txt", &format!("\u{feff}{}\n\n{} # the last\n77\n", leads[1], leads[2]));
    let added = run(&place, &["campaign", "add", &campaign, "--file", "ids.txt", "--json"]);
    assert!(!added.success, "one is not there: {added:?}");
    assert_eq!(json(&added.out), serde_json::json!({"added": 2, "missing": [77]}));
    let again = run(&place, &["campaign", "add", &campaign, &leads[1], "78", "79"]);
    assert!(!again.success, "{again:?}");
    assert_eq!(
        again.out,
        "there is no lead 78 in this tenant\nthere is no lead 79 in this tenant\n\
         0 of 3 came in; those that are not named are in it already.\n"
    );
    let removed = run(&place, &["campaign", "remove", &campaign, &leads[2]]).ok();
    assert_eq!(removed.trim(), format!("lead {} is out of it", leads[2]));

    let preview = run(&place, &["campaign", "preview", &campaign]).ok();
    for says in [
        "2 in all.",
        "Attempts at most: 4 by whatsapp, 4 by sms.",
        "They cost 1.00 at most.",
        "At its pace they take less than a minute of its hours",
    ] {
        assert!(preview.contains(says), "{says}: {preview}");
    }
    let started = run(&place, &["campaign", "start", &campaign]).ok();
    assert_eq!(started.trim(), format!("campaign {campaign} (Summer) started"));
    let why = run(&place, &["lead", "explain", &leads[0]]).ok();
    assert!(why.starts_with(&format!("Campaign {campaign} (Summer): ")), "{why}");
    for gate in ["campaign", "opt_out", "do_not_contact", "delay", "caps", "hours", "region"] {
        assert!(why.contains(&format!(" {gate} ")), "{gate}: {why}");
    }
    let why = json(&run(&place, &["lead", "explain", &leads[2], "--campaign", &campaign, "--json"]).ok());
    assert_eq!(why["campaigns"][0]["is_member"], false);
    let none = run(&place, &["lead", "explain", &leads[2]]).ok();
    assert!(none.contains("is in no campaign"), "{none}");
    let all = json(&run(&place, &["campaign", "explain", &campaign, "--json"]).ok());
    assert_eq!(all["leads"], 2);
    let all = run(&place, &["campaign", "explain", &campaign]).ok();
    assert!(all.contains("may be tried") && all.contains("2 in all."), "{all}");
    assert_eq!(run(&place, &["hopper"]).ok().trim(), "0 ready, 0 being tried.");
    assert_eq!(json(&run(&place, &["hopper", "--campaign", &campaign, "--json"]).ok())["ready"], 0);
    run(&place, &["campaign", "pause", &campaign]).ok();
    run(&place, &["campaign", "resume", &campaign]).ok();
    let list = run(&place, &["campaign", "list", "--state", "running"]).ok();
    assert!(list.contains("Summer") && list.contains("running"), "{list}");
    run(&place, &["campaign", "end", &campaign]).ok();
    assert_eq!(json(&run(&place, &["campaign", "list", "--json"]).ok())[0]["state"], "ended");
}

async fn lists_at_the_terminal(place: Place) {
    let app = two_centers_with(&place, &SENDS).await;
    let added = run(&place, &["do-not-contact", "add", "+14155550101", "+1900*"]).ok();
    assert!(added.starts_with("2 of 2 came onto the list"), "{added}");
    file(
        &place,
        "list.txt",
        "\u{feff}+1 415 555 0101\n# from the register\nnobody\n\n+14155550102 # asked us twice\n*0103\n",
    );
    let said = run(&place, &["do-not-contact", "import", "list.txt"]);
    assert!(!said.success, "a line was left out: {said:?}");
    assert!(said.out.contains("list.txt:3: must be a number such as"), "{said:?}");
    assert!(said.out.contains("2 of 4 came onto the list, 1 left out"), "{said:?}");
    assert_eq!(run(&place, &["do-not-contact", "list"]).ok(), "*0103\n+1900*\n2 patterns, 2 numbers.\n");
    run(&place, &["do-not-contact", "remove", "+14155550101"]).ok();
    run(&place, &["do-not-contact", "remove", "*0103"]).ok();
    assert_eq!(run(&place, &["do-not-contact", "list"]).ok(), "+1900*\n1 pattern, 1 number.\n");
    let again = run(&place, &["do-not-contact", "remove", "+14155550101"]);
    assert!(!again.success && again.told.contains("not on the list"), "{again:?}");
    let list = json(&run(&place, &["do-not-contact", "list", "--json"]).ok());
    assert_eq!((&list["numbers"], &list["campaign_id"]), (&1.into(), &Json::Null));
    let other = json(&run(&place, &["do-not-contact", "list", "--tenant", "other", "--json"]).ok());
    assert_eq!(other["numbers"], 0);
    let none = run(&place, &["do-not-contact", "add", "+1900*", "--campaign", "77"]);
    assert!(!none.success && none.told.contains("there is no such campaign"), "{none:?}");
    assert_eq!(app.count("do_not_contact").await, 2);
}

async fn what_cannot_be_done_is_said(place: Place) {
    let app = two_centers_with(&place, &SENDS).await;
    file(&place, "bad.toml", "steps = [{ channel = \"sms\", attempts = 0 }]\nready = 0\n");
    file(&place, "worse.toml", "stepz = []\n");
    file(&place, "large.toml", &"#".repeat((1 << 20) + 1));
    file(&place, "good.toml", "steps = [{ channel = \"sms\" }]\nends_at = \"2020-01-01T00:00:00Z\"\n");
    for (arguments, says) in [
        (
            &["campaign", "create", "x", "bad.toml"][..],
            "\n  steps.0.attempts: must be 1 to 100\n  ready: must be 1 to 2000",
        ),
        (
            &["campaign", "create", "x", "worse.toml"],
            "worse.toml cannot be used:\n  stepz: is not known here",
        ),
        (&["campaign", "create", "x\u{202e}y", "good.toml"], "must be one line"),
        (&["campaign", "create", "x\ny", "good.toml"], "must be one line"),
        (&["campaign", "create", "x", "large.toml"], "large.toml is larger than 1 MB"),
        (&["hopper", "--campaign", "77"], "there is no campaign 77"),
        (&["leads", "fix-status", "--campaign", "77"], "there is no campaign 77"),
        (&["campaign", "create", "x", "none.toml"], "none.toml cannot be read"),
        (&["campaign", "create", " ", "good.toml"], "1 to 100 characters"),
        (
            &["campaign", "start", "77"],
            "there is no campaign 77 in the tenant \"default\"; leadwire campaign list",
        ),
        (&["campaign", "list", "--state", "asleep"], "there are draft, running, paused, ended"),
        (&["campaign", "list", "--tenant", "nobody"], "there is no tenant \"nobody\""),
        (&["campaign", "add", "77"], "<LEAD_ID>"),
        (&["lead", "explain", "77"], "there is no lead 77"),
    ] {
        let said = run(&place, arguments);
        assert!(!said.success && said.told.contains(says), "{arguments:?}: {said:?}");
    }
    assert_eq!(app.count("campaigns").await, 0);
    let made = json(&run(&place, &["campaign", "create", "x", "good.toml", "--json"]).ok());
    let campaign = made["id"].to_string();
    let twice = run(&place, &["campaign", "create", "x", "good.toml"]);
    assert!(!twice.success && twice.told.contains("of this name already"), "{twice:?}");
    let blocked = run(&place, &["campaign", "start", &campaign]);
    assert!(
        !blocked.success && blocked.told.contains("it cannot be started:\n  it is to end before"),
        "{blocked:?}"
    );
    let preview = run(&place, &["campaign", "preview", &campaign]);
    assert!(!preview.success && preview.out.starts_with("In the way: it is to end before"), "{preview:?}");
    let paused = run(&place, &["campaign", "pause", &campaign]);
    assert!(
        !paused.success && paused.told.contains("pause is not possible for a campaign that is draft"),
        "{paused:?}"
    );
    run(&place, &["campaign", "end", &campaign]).ok();
    for arguments in [
        &["campaign", "set", &campaign, "good.toml"][..],
        &["campaign", "set", &campaign, "good.toml", "--name", "y"],
        &["campaign", "add", &campaign, "77"],
    ] {
        let over = run(&place, arguments);
        assert!(!over.success && over.told.contains("has ended, and is not changed any more"), "{over:?}");
    }
    let other = run(&place, &["campaign", "show", &campaign, "--tenant", "other"]);
    assert!(!other.success && other.told.contains("there is no campaign"), "{other:?}");
}

async fn the_first_command_of_all_finds_the_default_tenant(place: Place) {
    assert_eq!(run(&place, &["hopper"]).ok().trim(), "0 ready, 0 being tried.");
    // No server ran, and flows are what servers publish.
    file(&place, "spring.toml", "steps = [{ channel = \"voice\" }]\n");
    let made = json(&run(&place, &["campaign", "create", "Spring", "spring.toml", "--json"]).ok());
    let started = run(&place, &["campaign", "start", &made["id"].to_string()]);
    assert!(!started.success && started.told.contains("publishes those of its flows folder"), "{started:?}");
}
