#!/usr/bin/env python3
"""Fills an empty Leadwire database with leads and their conversations, for measuring at size.

  benches/seed.py --leads 1000000 --messages 10

The database is the one DATABASE_URL names (sqlite:PATH or postgres://…); its schema is made by `leadwire migrate`.
Each lead has a person, a phone, one completed conversation, `--messages` messages, five answers and ten points' rows.
"""
import argparse, os, pathlib, sqlite3, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--leads", type=int, default=1_000_000)
parser.add_argument("--messages", type=int, default=10, help="a lead")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
args = parser.parse_args()
url = os.environ.get("DATABASE_URL") or sys.exit("set DATABASE_URL to the database to fill")
subprocess.run([str(args.leadwire), "migrate"], check=True, stdout=subprocess.DEVNULL)

# Ids as Leadwire makes them (time-ordered), from a year ago on; id(n, k) leaves room for a person, a lead and a conversation.
BASE = 100_000_000_000_000
START = 1_730_000_000_000
ID = f"({BASE} + {{n}} * 8 + {{k}})"
STATE = '{"b":1730000000000,"o":true,"l":"en","g":[],"s":{"o":{"ended":"completed"},"l":"en","p":[],"s":80,"c":"SQL","f":{},"e":[]},"a":{"a":0,"t":0,"s":0,"r":0}}'


def statements(series, pad):
    """The inserts; `series(count)` is a FROM item with a column n, `pad(expression)` writes a number in seven figures."""
    person, lead, conversation = (ID.format(n="n", k=k) for k in (0, 1, 2))
    at = f"({START} + n * 20)"
    count = args.leads
    yield "persons", f"INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at) SELECT 1, {person}, {person}, {lead}, '{{}}', '', '', {at} FROM {series(count)}"
    yield "identities", f"INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) SELECT 1, 'phone', '+1999' || {pad('n')}, '+1999' || {pad('n')}, {person}, {at} FROM {series(count)}"
    yield "leads", f"""INSERT INTO leads (tenant_id, id, person_id, status, channel, name, phone, email, fields, first_message, last_message, message_count, score, class, scored_in, is_active, created_at, updated_at, last_message_at)
        SELECT 1, {lead}, {person}, 'ENQUIRY_RECEIVED', 'sms', 'Person ' || n, '+1999' || {pad('n')}, 'person' || n || '@example.com', '{{"name":"Person","location":"Mexico City"}}', 'hi', 'yes', 7, 80, 'SQL', {conversation}, true, {at}, {at}, {at} FROM {series(count)}"""
    yield "conversations", f"""INSERT INTO conversations (tenant_id, id, person_id, lead_id, account_id, channel, flow_id, flow_hash, language, state, seq, score, class, outcome, created_at, updated_at, ended_at)
        SELECT 1, {conversation}, {person}, {lead}, 1, 'sms', 'six_questions', 'seeded', 'en', '{STATE}', {args.messages}, 80, 'SQL', 'completed', {at}, {at}, {at} FROM {series(count)}"""
    m = ID.format(n="(n / {0})".format(args.messages), k=2), ID.format(n="(n / {0})".format(args.messages), k=0)
    place = f"(n % {args.messages})"
    yield "messages", f"""INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, provider_id, body, step, created_at)
        SELECT 1, {m[0]}, {place} + 1, {m[1]}, CASE WHEN {place} % 2 = 0 THEN 'in' ELSE 'out' END, CASE WHEN {place} % 2 = 0 THEN 'SMseed' || n END,
        'A message of about the usual length, number ' || n, 'location', {START} + n * 2 FROM {series(count * args.messages)}"""
    a = ID.format(n="(n / 5)", k=2), ID.format(n="(n / 5)", k=0)
    yield "answers", f"""INSERT INTO answers (tenant_id, conversation_id, seq, n, person_id, step, given, raw, value, reader, taken_ms, created_at)
        SELECT 1, {a[0]}, (n % 5) + 1, 0, {a[1]}, 'step' || (n % 5), 'answered', 'Mexico City', '{{"kind":"text","value":"Mexico City"}}', 1, 4000, {START} + n * 4 FROM {series(count * 5)}"""
    s = ID.format(n="(n / 10)", k=2), ID.format(n="(n / 10)", k=0)
    yield "score_entries", f"""INSERT INTO score_entries (tenant_id, conversation_id, seq, n, person_id, rule, points, reverses, created_at)
        SELECT 1, {s[0]}, (n % 10) + 1, 0, {s[1]}, 'question_answered', 8, false, {START} + n * 2 FROM {series(count * 10)}"""


def told(table, began):
    print(f"{table:15} {time.time() - began:6.1f} s", flush=True)


if url.startswith("sqlite:"):
    connection = sqlite3.connect(url.removeprefix("sqlite:").removeprefix("//"), isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;")
    series = lambda count: f"(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {count}) SELECT n FROM s)"
    for table, text in statements(series, lambda n: f"printf('%07d', {n})"):
        began = time.time()
        connection.execute(text)
        told(table, began)
    connection.executescript("PRAGMA wal_checkpoint(TRUNCATE); ANALYZE;")
else:
    series = lambda count: f"(SELECT CAST(n AS BIGINT) AS n FROM generate_series(0, {count - 1}) AS n) AS s"
    for table, text in statements(series, lambda n: f"lpad(CAST({n} AS TEXT), 7, '0')"):
        began = time.time()
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", "SET synchronous_commit = off", "-c", text], check=True)
        told(table, began)
    subprocess.run(["psql", "-q", url, "-c", "VACUUM ANALYZE"], check=True)
