#!/usr/bin/env python3
"""Measures turns beside the floor: both servers in turn (A B A B …), driven the same way; prints medians and ratios.

  benches/turns.py sqlite                            throughput with 64 connections
  benches/turns.py postgres --url postgres://…       needs a server on which two databases may be dropped and made
  benches/turns.py sqlite --load '--rate 500 --contacts 200 --duration 10 --warmup 2'
  benches/turns.py sqlite --load '--contacts 64 --duration 5 --warmup 1 --duplicates 10'
  benches/turns.py sqlite --seed 1000000             a database that holds that many leads against an empty one, both Leadwire's

The floor, the driver and compare.py are in the folder --bench names; they are built there if need be. Build Leadwire first:
cargo build --release
"""
import argparse, os, pathlib, shlex, subprocess, sys, tempfile, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("database", choices=["sqlite", "postgres"])
parser.add_argument("--url", default="postgres://postgres@127.0.0.1:5432/postgres", help="a PostgreSQL to make two databases on")
parser.add_argument("--bench", type=pathlib.Path, default=ROOT.parent / "shared" / "bench")
parser.add_argument("--target", type=pathlib.Path, default=ROOT / "target" / "bench", help="where floor and driver are built")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
parser.add_argument("--load", default="--contacts 64 --duration 4 --warmup 1")
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

try:
    done = subprocess.run(
        [
            sys.executable, str(args.bench / "compare.py"),
            "--floor", floor_command, *floor_address,
            "--other", f"{args.leadwire} serve", "--other-url", "http://127.0.0.1:18081/webhooks/twilio/messages",
            "--driver", str(driver), "--rounds", str(args.rounds), f"--load={args.load}", "--reset", reset,
        ],
        env=environment,
    )
finally:
    subprocess.run(["rm", "-rf", str(work)])
sys.exit(done.returncode)
