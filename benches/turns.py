#!/usr/bin/env python3
"""Measures turns beside the floor: both servers in turn (A B A B …), driven the same way; prints medians and ratios.

  benches/turns.py sqlite                            throughput with 64 connections
  benches/turns.py postgres --url postgres://…       needs a server on which two databases may be dropped and made
  benches/turns.py sqlite --load '--rate 500 --contacts 200 --duration 10 --warmup 2'
  benches/turns.py sqlite --load '--contacts 64 --duration 5 --warmup 1 --duplicates 10'
  benches/turns.py sqlite --seed 1000000             a database that holds that many leads against an empty one, both Leadwire's
  benches/turns.py sqlite --channel whatsapp-cloud   replies leave by the outbox, to the driver's stub of Meta's API
  benches/turns.py sqlite --channel twilio-api       the same by Twilio's; only Leadwire is driven, the floor has no such replies
  benches/turns.py sqlite --channel whatsapp-cloud --load '--rate 200 --contacts 200 --duration 10 --warmup 2'
                                                     also how long jobs wait between their commit and their request

The floor, the driver and compare.py are in the folder --bench names; they are built there if need be. Build Leadwire first:
cargo build --release
"""
import argparse, json, os, pathlib, re, shlex, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.parse, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("database", choices=["sqlite", "postgres"])
parser.add_argument("--url", default="postgres://postgres@127.0.0.1:5432/postgres", help="a PostgreSQL to make two databases on")
parser.add_argument("--bench", type=pathlib.Path, default=ROOT.parent / "shared" / "bench")
parser.add_argument("--target", type=pathlib.Path, default=ROOT / "target" / "bench", help="where floor and driver are built")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
parser.add_argument("--load", default="--contacts 64 --duration 4 --warmup 1")
parser.add_argument("--channel", choices=["twilio-sms", "whatsapp-cloud", "twilio-api"], default="twilio-sms")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seed", type=int, default=0, metavar="LEADS", help="a filled database against an empty one (benches/seed.py)")
args = parser.parse_args()
if not args.leadwire.exists():
    sys.exit(f"{args.leadwire} is not there; run: cargo build --release")


def built(name, binary):
    """The floor or the driver, built from its sources."""
    target = args.target / name
    path = target / "release" / binary
    if not path.exists():
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", *map(str, (args.bench / name).iterdir()), str(target)], check=True)
        subprocess.run(["chmod", "-R", "u+w", str(target)], check=True)
        subprocess.run(["cargo", "build", "--release", "--manifest-path", str(target / "Cargo.toml"), "--target-dir", str(target)], check=True)
    return path


floor, driver = built("floor", "floor"), built("driver", "turndriver")
work = pathlib.Path(tempfile.mkdtemp(prefix="leadwire-bench-"))
environment = {
    **os.environ,
    "TWILIO_AUTH_TOKEN": "test-auth-token",
    "PUBLIC_URL": "https://bot.example.com",
    "LEADWIRE_LISTEN": "127.0.0.1:18081",
    "LEADWIRE_DATA": str(work / "data"),
    "FLOWS_DIR": str(ROOT / "benches" / "flows"),
    "LOG_LEVEL": "warn",
}
if args.database == "sqlite":
    environment["DATABASE_URL"] = f"sqlite:{work / 'data' / 'leadwire.db'}"
    floor_command = f"{floor} --mode rusqlite --db {work / 'floor.db'} --port 18080"
    empty_url = f"sqlite:{work / 'empty' / 'leadwire.db'}"
    reset = f"rm -rf {work}/data && mkdir -p {work}/data"
    reset_empty = f"rm -rf {work}/empty && mkdir -p {work}/empty"
else:
    base = urllib.parse.urlsplit(args.url)
    at = lambda name: base._replace(path=f"/{name}").geturl()
    environment["DATABASE_URL"] = at("leadwire_bench")
    floor_command = f"{floor} --mode pg-group-cte --batchers 2 --db {at('leadwire_floor')} --port 18080"
    empty_url = at("leadwire_floor")
    fresh = lambda name: f"psql -q {shlex.quote(args.url)} -c 'DROP DATABASE IF EXISTS {name}' -c 'CREATE DATABASE {name} TEMPLATE template0' >/dev/null 2>&1"
    reset_empty = fresh("leadwire_floor")
    reset = f"{fresh('leadwire_bench')} && {reset_empty}"
floor_address = ["--floor-url", "http://127.0.0.1:18080/webhooks/twilio/sms"]
if args.seed:
    # Filled once; what a round adds to it is nothing beside what is there.
    seed = [sys.executable, str(ROOT / "benches" / "seed.py"), "--leadwire", str(args.leadwire), "--leads", str(args.seed)]
    subprocess.run(reset, shell=True, check=True)
    subprocess.run(seed, check=True, env=environment)
    floor_command = f"env LEADWIRE_LISTEN=127.0.0.1:18080 LEADWIRE_DATA={work / 'empty'} DATABASE_URL={empty_url} {args.leadwire} serve"
    floor_address = ["--floor-url", "http://127.0.0.1:18080/webhooks/twilio/messages", "--floor-public-url", "https://bot.example.com/webhooks/twilio/messages"]
    reset = reset_empty

LEADWIRE, FLOOR = "http://127.0.0.1:18081", "http://127.0.0.1:18080"
STUB = "127.0.0.1:9099"


def answers():
    """Both servers answer the webhook with the reply."""
    done = subprocess.run(
        [
            sys.executable, str(args.bench / "compare.py"),
            "--floor", floor_command, *floor_address,
            "--other", f"{args.leadwire} serve", "--other-url", f"{LEADWIRE}/webhooks/twilio/messages",
            "--driver", str(driver), "--rounds", str(args.rounds), f"--load={args.load}", "--reset", reset,
        ],
        env=environment,
    )
    return done.returncode


def started(command, port):
    server = subprocess.Popen(shlex.split(command), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.time() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return server
        except OSError:
            if time.time() > until or server.poll() is not None:
                sys.exit(f"did not start: {command}")
            time.sleep(0.02)


def waits():
    """From commit to request, as Leadwire counts: upper bounds of its histogram's buckets, in ms."""
    text = urllib.request.urlopen(f"{LEADWIRE}/metrics").read().decode()
    found = re.findall(r'leadwire_job_wait_seconds_bucket\{kind="(?:whatsapp|twilio)_message",le="([0-9.]+)"\} (\d+)', text)
    buckets = [(float(bound), int(count)) for bound, count in found]
    total = buckets[-1][1] if buckets else 0
    within = lambda share: next((bound * 1e3 for bound, count in buckets if count >= share * total), None)
    return {"jobs": total, "p50_below": within(0.5), "p99_below": within(0.99)}


def drive(command, url, public):
    subprocess.run(reset, shell=True, check=True)
    port = urllib.parse.urlsplit(url).port
    server = started(command, port)
    try:
        twilio = ["--channel", "twilio-sms", "--reply", "api", "--account-sid", "ACtest"]
        channel = ["--channel", "whatsapp-cloud", "--to", "1234567890"] if args.channel == "whatsapp-cloud" else twilio
        out = subprocess.run(
            [driver, "--url", url, "--public-url", public, *channel, "--stub", STUB, "--watch", f"app={server.pid}", "--allow-errors",
             *shlex.split(args.load)],
            capture_output=True, text=True,
        )
        result = json.loads(out.stdout.strip().splitlines()[-1])
        if result["ms"] is None:
            sys.exit(f"nothing was answered by {command}: {json.dumps(result)}")
        if url.startswith(LEADWIRE):
            result["waits"] = waits()
        return result
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def sends():
    """Replies leave by the outbox: a turn has ended once they are at the stub."""
    environment.update({
        "ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
        "WHATSAPP_APP_SECRET": "test-app-secret", "WHATSAPP_VERIFY_TOKEN": "x", "WHATSAPP_ACCESS_TOKEN": "x",
        "WHATSAPP_PHONE_NUMBER_ID": "1234567890", "WHATSAPP_API_BASE": f"http://{STUB}", "WHATSAPP_MESSAGES_PER_SECOND": "0",
        # The floor sends none either.
        "WHATSAPP_READ_RECEIPTS": "false",
        "TWILIO_REPLIES": "api", "TWILIO_ACCOUNT_SID": "ACtest", "TWILIO_FROM": "+15550009999", "TWILIO_API_BASE": f"http://{STUB}",
        "TWILIO_SEGMENTS_PER_SECOND": "0",
    })
    whatsapp = args.channel == "whatsapp-cloud"
    path = "/webhooks/whatsapp" if whatsapp else "/webhooks/twilio/messages"
    rows = {"floor": [], "other": []}
    for _ in range(args.rounds):
        if whatsapp:
            rows["floor"].append(drive(f"{floor_command} --graph http://{STUB}", f"{FLOOR}{path}", f"https://bot.example.com{path}"))
        rows["other"].append(drive(f"{args.leadwire} serve", f"{LEADWIRE}{path}", f"https://bot.example.com{path}"))
    errors = 0
    for name, results in rows.items():
        if not results:
            continue
        rate = [r["turns_per_s"] for r in results]
        middle = lambda of: statistics.median(of(r) for r in results)
        errors += sum(r["errors"] for r in results) if name == "other" else 0
        print(f"{name:6} {statistics.median(rate):9.0f} turns/s ({min(rate):.0f}-{max(rate):.0f})  p50 {middle(lambda r: r['ms']['p50']):.2f} ms  "
              f"p99 {middle(lambda r: r['ms']['p99']):.2f} ms  cpu {middle(lambda r: r['watch']['app']['cpu_us_per_turn']):.0f} us/turn  "
              f"failed {sum(r['errors'] for r in results)}")
    print("commit to request (ms):", json.dumps([r["waits"] for r in rows["other"]]))
    if rows["floor"]:
        pairs = zip(rows["other"], rows["floor"])
        print(json.dumps({"ratio_turns_per_s": round(statistics.median(o["turns_per_s"] / f["turns_per_s"] for o, f in pairs), 3), "errors": errors}))
    return 1 if errors else 0


try:
    code = answers() if args.channel == "twilio-sms" else sends()
finally:
    subprocess.run(["rm", "-rf", str(work)])
sys.exit(code)
