//! Logs and metrics of a process.

use crate::config::LogConfig;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::{self, IsTerminal};
use std::sync::{Arc, OnceLock};
use tracing_subscriber::EnvFilter;

/// Bounds of turn latency in seconds.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0];
/// Bounds of batch sizes.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Starts logging: to standard error or to the configured file. Called twice, the first call stays.
///
/// # Errors
/// Where the log file cannot be opened.
pub fn log(config: &LogConfig) -> io::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_target(true);
    // Colours are for people: a journal or a file gets plain text.
    let colour = io::stderr().is_terminal();
    // Somebody may have started logging before, as tests do.
    let _ = match (&config.file, config.json) {
        (None, false) => builder.with_ansi(colour).with_writer(io::stderr).try_init(),
        (None, true) => builder.json().with_writer(io::stderr).try_init(),
        (Some(path), json) => {
            let file = Arc::new(std::fs::File::options().create(true).append(true).open(path)?);
            let builder = builder.with_ansi(false).with_writer(file);
            if json { builder.json().try_init() } else { builder.try_init() }
        }
    };
    Ok(())
}

/// The process's metrics; recording starts with the first call.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &SIZES))
            .expect("the bounds are not empty")
            .build_recorder();
        let handle = recorder.handle();
        // Another recorder in this process would be a test's; ours then stays empty.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!("leadwire_turns_total", "Turns by channel and outcome");
    describe_counter!("leadwire_turns_repeated_total", "Messages that came again and changed nothing");
    describe_counter!(
        "leadwire_turn_errors_total",
        "Batches of turns that failed, by what was done about it"
    );
    describe_counter!("leadwire_loops_parked_total", "Peers that wrote like machines and were parked");
    describe_counter!("leadwire_message_statuses_total", "Statuses recorded of messages we sent");
    describe_histogram!("leadwire_turn_seconds", "From a turn's arrival to its answer, durable");
    describe_histogram!("leadwire_turn_batch_size", "Turns in one commit");
    describe_counter!("leadwire_tasks_total", "Runs of tasks, by outcome");
    describe_histogram!("leadwire_task_seconds", "How long tasks took");
    describe_gauge!(
        "leadwire_task_last_run_seconds",
        "When this process last ran a task, in seconds since 1970"
    );
    describe_gauge!("leadwire_turns_waiting", "Turns in the queue");
    describe_counter!(
        "leadwire_delivery_attempts_total",
        "Tries of requests to sinks, by sink, action and outcome"
    );
    describe_histogram!("leadwire_delivery_seconds", "How long a sink takes to answer");
    describe_counter!("leadwire_messages_told_total", "Messages to lists of recipients, by list and outcome");
    describe_counter!(
        "leadwire_claims_total",
        "Leads that somebody claimed, or wanted to after somebody else"
    );
    describe_counter!("leadwire_escalations_total", "Leads that the next list was told of");
    describe_counter!("leadwire_alerts_total", "Alerts that were raised");
    describe_counter!("leadwire_jobs_total", "What became of jobs, by kind and outcome");
    describe_counter!(
        "leadwire_jobs_repeated_total",
        "Jobs sent again because nothing said that they were taken"
    );
    describe_counter!(
        "leadwire_jobs_doubled_total",
        "Jobs that turned out to have been taken more than once"
    );
    describe_histogram!("leadwire_job_wait_seconds", "From a job's commit, or its claim, to its request");
    describe_histogram!("leadwire_job_send_seconds", "From a job's request to its answer");
    describe_gauge!("leadwire_jobs_open", "Jobs that are not finished, of all processes");
    describe_gauge!("leadwire_jobs_oldest_seconds", "How long the oldest job waits past its time");
    describe_gauge!("leadwire_jobs_dead", "Jobs that were given up");
    describe_gauge!("leadwire_jobs_in_hand", "Jobs this process has in hand");
}
