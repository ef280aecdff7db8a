#!/usr/bin/env python3
"""Measures what people ask of the leads API while turns arrive, on a database that is full already.

  benches/seed.py --tenants 100                                       fills the database that DATABASE_URL names
  benches/leads.py --duration 60                                      asks it 50 times a second beside 200 turns a second
  benches/leads.py --duration 60 --turns 0 --rate 10                  the same without turns

Requests leave when they are due, whatever became of those before, and are timed from then: a server that stalls shows it. Prints, for each
kind of request, how many there were and how long they took. Build Leadwire first: cargo build --release
"""
import argparse, concurrent.futures, http.client, json, os, pathlib, random, signal, socket, statistics, subprocess, sys, tempfile, threading, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--rate", type=float, default=50, help="requests a second")
parser.add_argument("--turns", type=int, default=200, help="turns a second")
parser.add_argument("--duration", type=float, default=60, help="seconds")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
parser.add_argument("--driver", type=pathlib.Path, default=ROOT / "target" / "bench" / "driver" / "release" / "turndriver", help="benches/turns.py builds it")
args = parser.parse_args()
url = os.environ.get("DATABASE_URL") or sys.exit("set DATABASE_URL to a database that benches/seed.py filled")
if args.turns and not args.driver.exists():
    sys.exit(f"{args.driver} is not there; run benches/turns.py once, which builds it, or say --turns 0")
TOKEN, PORT = "bench-admin-token", 18081
work = tempfile.TemporaryDirectory(prefix="leadwire-bench-")
environment = {
    **os.environ, "DATABASE_URL": url, "ADMIN_TOKEN": TOKEN, "TWILIO_AUTH_TOKEN": "test-auth-token", "PUBLIC_URL": "https://bot.example.com",
    "LEADWIRE_LISTEN": f"127.0.0.1:{PORT}", "LEADWIRE_DATA": work.name, "FLOWS_DIR": str(ROOT / "benches" / "flows"), "LOG_LEVEL": "warn",
}
local = threading.local()


def ask(path):
    """The answer, by a connection of this thread's own."""
    if not hasattr(local, "connection"):
        local.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    local.connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
    response = local.connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status} {body[:300]}")
    return json.loads(body)


def query(path, **parameters):
    return f"{path}?{urllib.parse.urlencode(parameters)}"


def kinds(centers, leads):
    """Each kind of request, as a function that makes one at random."""
    # As often as the first has leads of all (benches/seed.py).
    center = lambda: centers[0] if random.random() < 0.5 else random.choice(centers)
    lead = lambda: random.choice(leads)
    day = lambda: f"2025-{random.randint(8, 12):02}-{random.randint(1, 28):02}"
    first, last = ["asha", "ravi", "meera", "arjun", "priya"], ["goyal", "sharma", "verma", "iyer"]
    status, source = ["ENQUIRY_RECEIVED", "CONVERTED", "FOLLOW_UP_PENDING"], ["WALK_IN", "ONLINE", "poster"]
    leads_list = lambda **p: query("/api/v1/leads", center_id=center(), **p)
    return {
        "list": lambda: leads_list(limit=50),
        "list, by status": lambda: leads_list(limit=50, status=random.choice(status)),
        "list, by class, source, dates": lambda: leads_list(limit=50, **{"class": "SQL", "source": random.choice(source), "from": day()}),
        "list, far on": lambda: leads_list(limit=50, skip=2_000),
        "search, name": lambda: leads_list(limit=50, search=f"{random.choice(first)} {random.choice(last)}"),
        "search, common name": lambda: leads_list(limit=50, search="mehr"),
        "search, word of most": lambda: leads_list(limit=50, search="gmail"),
        "search, e-mail": lambda: leads_list(limit=50, search=f"person{random.randrange(1_000_000)}@gmail.com"),
        "search, phone": lambda: leads_list(limit=50, search=f"98{random.randrange(1_000_000):07}"),
        "search, said": lambda: leads_list(limit=50, said="gymnastics"),
        "detail": lambda: f"/api/v1/leads/{lead()}",
        "details": lambda: f"/api/v1/leads/{lead()}/details",
        "timeline": lambda: f"/api/v1/leads/{lead()}/timeline",
        "score": lambda: f"/api/v1/leads/{lead()}/score",
        "stats": lambda: query("/api/v1/leads/stats", center_id=center()),
        "pending": lambda: query("/api/v1/leads/follow-ups/pending", center_id=center()),
        "visits of a day": lambda: query("/api/v1/intro-visits", center_id=center(), date=day()),
        "agenda": lambda: query("/api/v1/agenda", center_id=center(), user_id=random.randint(1, 10), date=day()),
    }


def measure(make, times, faults):
    """Asks at the given rate; `times`: for each kind, seconds from when a request was due."""
    names = list(make)
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        began = time.perf_counter()
        def one(name, due):
            try:
                ask(make[name]())
                times[name].append(time.perf_counter() - due)
            except Exception as fault:
                faults.append(f"{name}: {fault}")
        for n in range(int(args.rate * args.duration)):
            due = began + n / args.rate
            time.sleep(max(0, due - time.perf_counter()))
            pool.submit(one, names[n % len(names)], due)


server = subprocess.Popen([str(args.leadwire), "serve"], env=environment, stdout=subprocess.DEVNULL)
driver = None
try:
    until = time.time() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", PORT), 0.2).close()
            break
        except OSError:
            if time.time() > until or server.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.05)
    centers = [row["id"] for row in ask("/api/v1/tenants")]
    leads = [row["id"] for center in centers[:20] for row in ask(query("/api/v1/leads", center_id=center, limit=200))]
    make = kinds(centers, leads)
    for name in make:
        ask(make[name]())
    if args.turns:
        load = ["--url", f"http://127.0.0.1:{PORT}/webhooks/twilio/messages", "--public-url", "https://bot.example.com/webhooks/twilio/messages",
                "--rate", str(args.turns), "--contacts", "200", "--duration", str(args.duration), "--warmup", "1", "--allow-errors"]
        driver = subprocess.Popen([str(args.driver), *load], stdout=subprocess.PIPE, text=True)
    times, faults = {name: [] for name in make}, []
    measure(make, times, faults)
    ranked = lambda all, share: sorted(all)[min(len(all) - 1, int(share * len(all)))] * 1e3
    print(f"{'':32} {'n':>5} {'p50':>7} {'p95':>7} {'p99':>7} {'most':>7}  ms")
    everything = [seconds for all in times.values() for seconds in all]
    for name, all in [*times.items(), ("all", everything)]:
        if all:
            print(f"{name:32} {len(all):5} {statistics.median(all) * 1e3:7.1f} {ranked(all, 0.95):7.1f} {ranked(all, 0.99):7.1f} {max(all) * 1e3:7.1f}")
    for fault in faults[:10]:
        print(fault)
    if driver:
        turns = json.loads(driver.communicate(timeout=60)[0].strip().splitlines()[-1])
        print(f"turns: {turns['turns_per_s']:.0f}/s, p50 {turns['ms']['p50']:.1f} ms, p99 {turns['ms']['p99']:.1f} ms, errors {turns['errors']}")
    sys.exit(1 if faults else 0)
finally:
    for process in (driver, server):
        if process and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    work.cleanup()
