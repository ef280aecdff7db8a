#!/usr/bin/env python3
"""Measures turns beside the floor: both servers in turn (A B A B …), driven the same way; prints medians and ratios.

  benches/turns.py sqlite                            throughput with 64 connections
  benches/turns.py postgres --url postgres://…       needs a server on which two databases may be dropped and made
  benches/turns.py sqlite --load '--rate 500 --contacts 200 --duration 10 --warmup 2'
  benches/turns.py sqlite --load '--contacts 64 --duration 5 --warmup 1 --duplicates 10'
  benches/turns.py sqlite --seed 1000000             against a database that holds that many leads already

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
parser.add_argument("--seed", type=int, default=0, metavar="LEADS", help="fill Leadwire's database first (benches/seed.py)")
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
seed = f"{shlex.quote(str(ROOT / 'benches' / 'seed.py'))} --leadwire {shlex.quote(str(args.leadwire))} --leads {args.seed}"
if args.database == "sqlite":
    environment["DATABASE_URL"] = f"sqlite:{work / 'data' / 'leadwire.db'}"
    floor_command = f"{floor} --mode rusqlite --db {work / 'floor.db'} --port 18080"
    # A seeded file is made once and copied for every start.
    reset = f"rm -rf {work}/data && mkdir -p {work}/data"
    if args.seed:
        subprocess.run(f"{reset} && {seed} && mv {work}/data {work}/seeded", shell=True, check=True, env=environment)
        reset = f"rm -rf {work}/data && cp -r {work}/seeded {work}/data"
else:
    base = urllib.parse.urlsplit(args.url)
    at = lambda name: base._replace(path=f"/{name}").geturl()
    psql = f"psql -q {shlex.quote(args.url)}"
    environment["DATABASE_URL"] = at("leadwire_bench")
    floor_command = f"{floor} --mode pg-group-cte --batchers 2 --db {at('leadwire_floor')} --port 18080"
    fresh = lambda name, template="template0": f"{psql} -c 'DROP DATABASE IF EXISTS {name}' -c 'CREATE DATABASE {name} TEMPLATE {template}' >/dev/null 2>&1"
    reset = f"{fresh('leadwire_bench')} && {fresh('leadwire_floor')}"
    if args.seed:
        subprocess.run(f"{reset} && {seed} && {psql} -c 'DROP DATABASE IF EXISTS leadwire_seeded' -c 'ALTER DATABASE leadwire_bench RENAME TO leadwire_seeded'", shell=True, check=True, env=environment)
        reset = f"{fresh('leadwire_bench', 'leadwire_seeded')} && {fresh('leadwire_floor')}"

try:
    done = subprocess.run(
        [
            sys.executable, str(args.bench / "compare.py"),
            "--floor", floor_command, "--floor-url", "http://127.0.0.1:18080/webhooks/twilio/sms",
            "--other", f"{args.leadwire} serve", "--other-url", "http://127.0.0.1:18081/webhooks/twilio/messages",
            "--driver", str(driver), "--rounds", str(args.rounds), f"--load={args.load}", "--reset", reset,
        ],
        env=environment,
    )
finally:
    subprocess.run(["rm", "-rf", str(work)])
sys.exit(done.returncode)
