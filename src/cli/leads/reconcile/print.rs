//! What was found, for people.

use super::advice;
use crate::jobs::reconcile::{Found, Report};
use comfy_table::{Table, presets};

/// A sink's plan.
pub(super) fn report(report: &Report, applied: bool, updates: bool) {
    println!("{} ({})", report.sink, report.kind);
    if let Some(why) = &report.cannot {
        println!("  cannot be compared: {why}\n");
        return;
    }
    if report.is_taken_up {
        println!("  went on where it was interrupted; --fresh begins anew");
    }
    println!(
        "  {} deliveries here, {} records read there{}",
        report.compared,
        report.there,
        others(report.others)
    );
    if let Some(note) = &report.note {
        println!("  note: {note}");
    }
    let open = report.open;
    if open.pending > 0 {
        println!("  {} on their way", open.pending);
    }
    if open.failed + open.unknown > 0 {
        println!(
            "  {} failed and {} unknown, which the ledger knows: leadwire leads failed list",
            open.failed, open.unknown
        );
    }
    if report.differences() == 0 {
        println!("  no difference\n");
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(["found", "how many", "for example", "what to do"]);
    for found in report.found.iter().filter(|found| found.count > 0) {
        let repairs = applied && found.repaired > 0;
        let count = if repairs {
            format!("{} ({} repaired)", found.count, found.repaired)
        } else {
            found.count.to_string()
        };
        table.add_row([
            title(found.kind).to_owned(),
            count,
            examples(found),
            advice(found.kind, repairs, updates).to_owned(),
        ]);
    }
    println!("{table}\n");
}

fn others(count: i64) -> String {
    if count > 0 { format!(", {count} of them not ours") } else { String::new() }
}

fn title(kind: &str) -> &'static str {
    match kind {
        "missing_there" => "missing there",
        "missing_here" => "missing here",
        "differs" => "differing",
        _ => "there more than once",
    }
}

/// Ids only: never what a lead said.
fn examples(found: &Found) -> String {
    let lines = found.examples.iter().map(|finding| {
        let there = finding.sink_id.as_deref().unwrap_or("-");
        match found.kind {
            "missing_here" => finding.reference.clone(),
            "differs" => format!("{} (there {there}): {}", finding.reference, finding.detail),
            "duplicate" => format!("{} (there {})", finding.reference, finding.detail),
            _ => format!("{} ({})", finding.reference, finding.detail),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What became of repairs.
pub(super) fn repaired(sink: &str, due: i64, pending: i64, failed: i64) {
    println!("{sink}: {due} to be delivered, {} arrived", (due - pending - failed).max(0));
    if failed > 0 {
        println!("  {failed} were not taken: leadwire leads failed list");
    }
    if pending > 0 {
        println!("  {pending} wait: a running server or worker delivers them");
    }
}

/// The last line.
pub(super) fn summary(reports: &[Report], well: bool) {
    let differences: i64 = reports.iter().map(Report::differences).sum();
    let repaired: i64 = differences - reports.iter().map(Report::unrepaired).sum::<i64>();
    let compared: i64 = reports.iter().map(|report| report.compared).sum();
    let rest = if well { "nothing is left to do" } else { "something is left to do" };
    println!(
        "{} sinks, {compared} deliveries, {differences} differences, {repaired} repaired: {rest}",
        reports.len()
    );
}
