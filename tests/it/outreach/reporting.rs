//! What an exchange asks and reports of calls and messages, posted to whichever server lives; some are killed meanwhile.

use super::driving::Driven;
use super::exchange::{Taken, What};
use crate::harness::{OUR_NUMBER, PUBLIC_URL, signed};
use crate::outbox::ACCOUNT;
use crate::process::Server;
use crate::turns::all;
use std::collections::BTreeMap;
use std::time::Duration;

/// Reports that are posted at once.
const AT_ONCE: usize = 24;

impl Driven<'_> {
    /// What the exchange does until now.
    pub(super) async fn deliver(&mut self) {
        loop {
            let mut by_call: BTreeMap<usize, Vec<(Taken, What)>> = BTreeMap::new();
            for (place, call, what) in self.exchange.due() {
                by_call.entry(place).or_default().push((call, what));
            }
            if by_call.is_empty() {
                return;
            }
            let by_call: Vec<_> = by_call.into_iter().collect();
            for some in by_call.chunks(AT_ONCE) {
                let is_answer = some.iter().any(|(_, all)| all.iter().any(|(_, what)| *what == What::Asks));
                let victim = self.dice(2) as usize;
                let amid = std::mem::take(&mut self.amid_reports) && self.living() == 2;
                let pid = self.replicas[victim].server.as_ref().filter(|_| amid).map(Server::pid);
                let killed = async {
                    let Some(pid) = pid else { return };
                    tokio::time::sleep(Duration::from_millis(3)).await;
                    let kill = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
                    assert!(kill.unwrap().success());
                };
                let posted = all(some.iter().map(|(place, all)| self.of_call(*place, all)));
                tokio::join!(posted, killed);
                if pid.is_some() {
                    self.kill(victim, "amid reports");
                }
                if is_answer && self.living() == 2 && std::mem::take(&mut self.after_answer) {
                    self.kill(victim, "between answer and report");
                }
            }
        }
    }

    async fn of_call(&self, place: usize, events: &[(Taken, What)]) {
        for (call, what) in events {
            let status = match what {
                What::Asks => "in-progress",
                What::Reports(status) => status,
            };
            let fate = call.manner.fate;
            let sid = if call.is_call { "CallSid" } else { "MessageSid" };
            let mut form = vec![
                (sid, call.sid.clone()),
                ("AccountSid", ACCOUNT.to_owned()),
                ("From", OUR_NUMBER.to_owned()),
                ("To", call.to.clone()),
                (if call.is_call { "CallStatus" } else { "MessageStatus" }, status.to_owned()),
            ];
            if call.is_call {
                form.push(("Direction", "outbound-api".to_owned()));
                let is_last = status == fate.status();
                if is_last && fate.answered_by().is_some() {
                    form.push(("CallDuration", fate.seconds().to_string()));
                }
                form.extend(fate.sip().filter(|_| is_last).map(|code| ("SipResponseCode", code.to_string())));
                let by = fate.answered_by().filter(|_| is_last || *what == What::Asks);
                form.extend(by.map(|by| ("AnsweredBy", by.to_owned())));
            }
            let url = if *what == What::Asks { &call.url } else { &call.callback };
            let was_heard = self.post(url.strip_prefix(PUBLIC_URL).unwrap(), &form).await;
            match what {
                What::Asks => self.exchange.told(place, was_heard),
                What::Reports(_) if !was_heard => self.exchange.again(place, *what),
                What::Reports(_) => {}
            }
        }
    }

    /// Posts to whoever lives; whether it was heard.
    async fn post(&self, path: &str, form: &[(&str, String)]) -> bool {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let first = form.iter().map(|(_, value)| value.len()).sum::<usize>() % 2;
        for n in [first, 1 - first] {
            let Some(server) = &self.replicas[n].server else { continue };
            let request = self.client.post(format!("{}{path}", server.url));
            match signed(request, path, &form).send().await {
                Ok(reply) if reply.status().is_success() => return true,
                Ok(reply) => assert!(reply.status().is_server_error(), "{path}: {}", reply.status()),
                // It was killed.
                Err(_) => {}
            }
        }
        false
    }
}
