//! Servers in processes of their own, on a clock that is turned for all of them, which are killed and started again.
//!
//! The clock is turned only while nothing is in hand: a process that is at work would find its holds run out. So the campaigns' rows are
//! locked, which lets nobody begin an attempt, and if then nothing waits for anybody the file is another before they are let go.

use super::exchange::{Exchange, Moment};
use super::network::FLOW;
use crate::harness::{OUR_NUMBER, Place, TestApp, number, texts};
use crate::outbox::ACCOUNT;
use crate::process::{Server, free_address, program, usual};
use leadwire::clock::{Clock, DAY, MINUTE, Millis};
use leadwire::store::db::{Arg, Db, Exec, Sql};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longer than servers need for anything they do between two turns of the clock.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it is waited for what a pace may hold back.
const A_WHILE: Duration = Duration::from_millis(150);

/// A server, if it lives.
#[derive(Default)]
pub(super) struct Replica {
    pub(super) server: Option<Server>,
    holder: String,
    back_at: Millis,
}

/// Servers, what they call by, and their clock.
pub struct Driven<'a> {
    place: &'a Place,
    /// One more, in this process, that neither sends nor calls: it makes campaigns.
    pub app: TestApp,
    pub db: Db,
    pub exchange: Exchange,
    pub now: Millis,
    step: Millis,
    pub(super) replicas: [Replica; 2],
    pub(super) client: reqwest::Client,
    /// How often servers were killed, by the moment.
    pub kills: BTreeMap<&'static str, usize>,
    /// How often the clock was turned, and how long it took until it could be, until what was due was looked at, and until reports were
    /// heard.
    pub steps: usize,
    pub spent: [Duration; 3],
    random: u64,
    /// What is to be done with whoever answers next.
    pub(super) after_answer: bool,
    pub(super) amid_reports: bool,
}

#[derive(sqlx::FromRow)]
struct Count {
    n: i64,
}

impl<'a> Driven<'a> {
    /// Two servers whose clock stands at `now` and goes on by `step`.
    pub async fn start(place: &'a Place, now: Millis, step: Millis, exchange: Exchange) -> Driven<'a> {
        std::fs::write(place.flows().join("reach.toml"), FLOW).unwrap();
        let quiet = [("TWILIO_ACCOUNT_SID", ACCOUNT), ("TWILIO_FROM", OUR_NUMBER), ("TWILIO_REPLIES", "api")];
        let app = place.app_at(&quiet, Clock::fixed(now)).await;
        let db = place.connect(3).await;
        let client = leadwire::http::client().unwrap();
        let replicas = [Replica::default(), Replica::default()];
        let (kills, random) = (BTreeMap::new(), 0x2545_f491_4f6c_dd1d);
        let mut driven = Driven {
            place,
            app,
            db,
            exchange,
            now,
            step,
            replicas,
            client,
            kills,
            steps: 0,
            spent: [Duration::ZERO; 3],
            random,
            after_answer: false,
            amid_reports: false,
        };
        driven.write_clock();
        driven.wake_up(0).await;
        driven.wake_up(1).await;
        driven
    }

    fn file(&self) -> PathBuf {
        self.place.folder().join("clock")
    }

    fn write_clock(&self) {
        let next = self.place.folder().join("clock.next");
        std::fs::write(&next, self.now.to_string()).unwrap();
        std::fs::rename(next, self.file()).unwrap();
    }

    /// A number below this.
    pub(super) fn dice(&mut self, sides: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % sides
    }

    async fn holders(&self) -> BTreeSet<String> {
        texts(&self.db, "holder", "replicas").await.into_iter().collect()
    }

    /// Starts a server. Its number is leased by the clock, which has leapt: whoever lives renews its own before.
    async fn wake_up(&mut self, n: usize) {
        for other in self.replicas.iter().filter_map(|replica| replica.server.as_ref()) {
            let health = self.client.get(format!("{}/health", other.url)).send().await.unwrap();
            assert!(health.status().is_success());
        }
        let before = self.holders().await;
        let address = free_address();
        let mut command = program(self.place);
        command
            .envs(usual(self.place))
            .env("LEADWIRE_LISTEN", &address)
            .env("LEADWIRE_TEST_CLOCK", self.file());
        let api = format!("{}/{n}", self.exchange.url);
        let settings = [
            ("TWILIO_REPLIES", "api"),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_FROM", OUR_NUMBER),
            ("TWILIO_SEGMENTS_PER_SECOND", "0"),
            ("TWILIO_CALLS_PER_SECOND", "0"),
            ("ALLOW_PRIVATE_ADDRESSES", "127.0.0.1"),
            ("OUTGOING_TIMEOUT_SECONDS", "15"),
            ("AB_TESTING_ENABLED", "false"),
            ("TWILIO_API_BASE", api.as_str()),
        ];
        command.envs(settings);
        let server = Server::run(command, &address).await;
        let new: Vec<String> = self.holders().await.difference(&before).cloned().collect();
        assert_eq!(new.len(), 1, "it holds a number: {new:?}");
        self.replicas[n] = Replica { server: Some(server), holder: new[0].clone(), back_at: 0 };
    }

    /// How many live.
    pub fn living(&self) -> usize {
        self.replicas.iter().filter(|replica| replica.server.is_some()).count()
    }

    /// Kills a server, which comes back some minutes later.
    pub fn kill(&mut self, n: usize, moment: &'static str) {
        let back_at = self.now + (1 + self.dice(12) as i64) * MINUTE;
        let Some(mut server) = self.replicas[n].server.take() else { return };
        server.kill();
        self.replicas[n].back_at = back_at;
        *self.kills.entry(moment).or_default() += 1;
    }

    /// Prepares a kill, one kind after the other.
    pub async fn prepare(&mut self, kind: usize) {
        match kind % 6 {
            0 => self.exchange.arm(Some(Moment::Taken)),
            1 => self.exchange.arm(Some(Moment::Asked)),
            2 => self.after_answer = true,
            3 => self.amid_reports = true,
            4 => {
                let (n, wait) = (self.dice(2) as usize, self.dice(60));
                tokio::time::sleep(Duration::from_millis(wait)).await;
                self.kill(n, "at any moment");
            }
            _ => {
                self.kill(0, "both at once");
                self.kill(1, "both at once");
            }
        }
    }

    /// Nobody is killed any more.
    pub fn spare(&mut self) {
        self.exchange.arm(None);
        (self.after_answer, self.amid_reports) = (false, false);
    }

    /// What the exchange tells: whoever asks it now is to be killed.
    fn troubles(&mut self) {
        while let Ok((n, moment)) = self.exchange.troubles.try_recv() {
            let moment = if moment == Moment::Taken { "a call is taken" } else { "a call is asked for" };
            self.kill(n, moment);
        }
    }

    /// On to an instant, once nothing is in hand.
    async fn turn(&mut self, to: Millis) {
        const LOCK: Sql =
            Sql::same("SELECT id AS n FROM campaigns WHERE tenant_id = 1 ORDER BY id FOR UPDATE");
        const IN_HAND: Sql = Sql::same(
            "SELECT COUNT(*) AS n FROM outbox WHERE tenant_id = 1 AND finished_at IS NULL
               AND ((holder IS NULL AND run_at <= $1) OR holder = $2 OR holder = $3)",
        );
        let began = Instant::now();
        loop {
            self.troubles();
            let holder = |n: usize| {
                let lives = self.replicas[n].server.is_some();
                Arg::from(if lives { self.replicas[n].holder.clone() } else { "-".to_owned() })
            };
            let args = vec![Arg::from(self.now), holder(0), holder(1)];
            let mut tx = self.db.begin().await.unwrap();
            let _: Vec<Count> = tx.fetch_all(LOCK, vec![]).await.unwrap();
            let in_hand: Vec<Count> = tx.fetch_all(IN_HAND, args).await.unwrap();
            if in_hand[0].n == 0 || self.living() == 0 {
                self.app.clock.advance(to - self.now);
                self.now = to;
                self.exchange.turn(to);
                self.write_clock();
                tx.commit().await.unwrap();
                break;
            }
            drop(tx);
            assert!(began.elapsed() < PATIENCE, "{} jobs are in hand for ever", in_hand[0].n);
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
        leadwire::store::outbox::announce(&self.db).await.unwrap();
    }

    /// Waits until servers have looked at what is due at this minute, or a while where a pace holds them back.
    async fn looked(&mut self) {
        const RAN: Sql =
            Sql::same("SELECT ran_at AS n FROM schedules WHERE tenant_id = 1 AND name = 'fill_hopper'");
        const WAITING: Sql = Sql::same(
            "SELECT (SELECT COUNT(*) FROM hopper WHERE tenant_id = 1 AND state = 'ready')
                + (SELECT COUNT(*) FROM campaign_members m JOIN campaigns c ON c.tenant_id = m.tenant_id AND c.id = m.campaign_id
                   WHERE m.tenant_id = 1 AND m.next_at <= $1 AND c.state = 'running') AS n",
        );
        // Of these it is to be asked what came of them.
        const STALE: Sql =
            Sql::same("SELECT COUNT(*) AS n FROM hopper WHERE tenant_id = 1 AND leased_until <= $1");
        let began = Instant::now();
        let mut ran_since: Option<Instant> = None;
        while self.living() > 0 && ran_since.is_none_or(|since| since.elapsed() < A_WHILE) {
            self.troubles();
            let waiting: Vec<Count> = (&self.db).fetch_all(WAITING, vec![Arg::from(self.now)]).await.unwrap();
            // Or whoever was to look was killed.
            let stale: Vec<Count> = (&self.db).fetch_all(STALE, vec![Arg::from(self.now)]).await.unwrap();
            if stale[0].n > 0 && began.elapsed() < PATIENCE / 10 {
                tokio::time::sleep(Duration::from_millis(4)).await;
                continue;
            }
            if waiting[0].n == 0 || (ran_since.is_none() && began.elapsed() > 10 * A_WHILE) {
                return;
            }
            let ran: Option<Count> = (&self.db).fetch_optional(RAN, vec![]).await.unwrap();
            if ran.is_some_and(|ran| ran.n == self.now) {
                ran_since.get_or_insert_with(Instant::now);
            }
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
    }

    /// One turn of the clock, and what follows from it.
    pub async fn step(&mut self, until: Millis) {
        let began = Instant::now();
        let to = self.next(until).await;
        self.turn(to).await;
        self.spent[0] += began.elapsed();
        for n in 0..2 {
            if self.replicas[n].server.is_none() && self.replicas[n].back_at <= self.now {
                self.wake_up(n).await;
            }
        }
        let turned = Instant::now();
        if self.now % MINUTE == 0 {
            self.looked().await;
        }
        self.spent[1] += turned.elapsed();
        let looked = Instant::now();
        self.deliver().await;
        self.spent[2] += looked.elapsed();
        self.steps += 1;
    }

    /// The next instant at which anything can happen.
    async fn next(&self, until: Millis) -> Millis {
        let now = self.now;
        let at =
            |what: &str| number(&self.db, format!("SELECT COALESCE(MIN(at), {}) FROM ({what}) a", now + DAY));
        let up = |at: Millis| (at + self.step - 1) / self.step * self.step;
        let due = at(
            "SELECT MIN(next_at) AS at FROM campaign_members UNION ALL SELECT MIN(leased_until) FROM hopper",
        );
        let retried =
            at(&format!("SELECT MIN(run_at) AS at FROM outbox WHERE finished_at IS NULL AND run_at > {now}"));
        let (due, retried) = (due.await, retried.await);
        let theirs = self.exchange.next_at().unwrap_or(i64::MAX);
        let back =
            self.replicas.iter().filter(|replica| replica.server.is_none()).map(|replica| replica.back_at);
        let first = back.chain([due, theirs]).min().unwrap_or(due).max(now + 1);
        up(first).min(retried.max(now + 1)).min(until).max(now + 1)
    }
}
