#!/usr/bin/env python3
"""Fills an empty Leadwire database with leads, their conversations and what people did with them, for measuring at size.

  benches/seed.py --leads 1000000 --messages 10 --tenants 100

The database is the one DATABASE_URL names (sqlite:PATH or postgres://…); its schema is made by `leadwire migrate`.
Each lead has a person, a phone, one conversation, `--messages` messages that can be searched, five answers and ten points' rows, and two
entries of the audit log. Every second is about a child, with one parent; every fourth had a visit, every third has a follow-up, of which
half is pending. Of several tenants the first has half of the leads, and the others share the rest.
"""
import argparse, os, pathlib, sqlite3, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--leads", type=int, default=1_000_000)
parser.add_argument("--messages", type=int, default=10, help="a lead")
parser.add_argument("--tenants", type=int, default=1)
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
args = parser.parse_args()
url = os.environ.get("DATABASE_URL") or sys.exit("set DATABASE_URL to the database to fill")
if args.leads > 10_000_000:
    sys.exit("--leads may be 10000000 at most: numbers have seven figures")
subprocess.run([str(args.leadwire), "migrate"], check=True, stdout=subprocess.DEVNULL)
is_sqlite = url.startswith("sqlite:")

# Ids as Leadwire makes them (time-ordered), over half a year; 16 for each lead: person 0, lead 1, conversation 2, child 3, visit 4,
# follow-up 5, audit log 6 and 7.
START = 1_767_225_600_000 - 180 * 86_400_000
APART = 180 * 86_400_000 // max(args.leads, 1)
# 2025-01-01, from where ids count, in milliseconds; 12 bits of replica and sequence.
EPOCH = 1_735_689_600_000
STATE = '{"b":1730000000000,"o":true,"l":"en","g":[],"s":{"o":{"ended":"completed"},"l":"en","p":[],"s":80,"c":"SQL","f":{},"e":[]},"a":{"a":0,"t":0,"s":0,"r":0}}'
# As in life, the commonest names are those of two or three in a hundred, and the rest have thousands.
FIRST = ["Asha", "Ravi", "Meera", "Arjun", "Priya", "Karan", "Divya", "Rohan", "Anita", "Vikram", "Nisha", "Sanjay"]
LAST = ["Goyal", "Sharma", "Verma", "Iyer", "Kapoor", "Mehta", "Reddy", "Nair", "Bose", "Khan"]
STATUSES = ["ENQUIRY_RECEIVED", "DISCOVERY_COMPLETED", "IV_SCHEDULED", "FOLLOW_UP_PENDING", "CONVERTED", "CLOSED_LOST", "IV_COMPLETED", "IV_NO_SHOW"]
SOURCES = ["WALK_IN", "ONLINE", "REFERRAL", "PHONE_CALL", "poster"]
CLASSES = [("SQL", 80), ("MQL", 40), ("Unqualified", 10)]


def choice(names, n):
    """One of these by the number, as SQL."""
    cases = " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(names))
    return f"(CASE ({n}) % {len(names)} {cases} END)"


def name(known, share, others, prefix, n):
    """`share` in a hundred have one of the known names, the rest one of so many others."""
    mixed = f"(({n}) * 7919 % 100003)"
    return f"(CASE WHEN {mixed} % 100 < {share} THEN {choice(known, f'{mixed} / 100')} ELSE '{prefix}' || ({mixed} % {others}) END)"


def at(n):
    return f"({START} + ({n}) * {APART})"


def row_id(n, k):
    return f"((({at(n)}) - {EPOCH}) * 4096 + (({n}) % 128) * 16 + {k})"


def tenant(n):
    if args.tenants == 1:
        return "1"
    # In blocks, so that a lead's tenant says nothing of what else it has.
    block = f"(({n}) / {max(1, min(500, args.leads // (2 * args.tenants)))})"
    return f"(CASE WHEN {block} % 2 = 0 THEN 1 ELSE 2 + ({block} / 2) % {args.tenants - 1} END)"


def statements(series, pad):
    """The inserts; `series(count)` is a FROM item with a column n, `pad(expression)` writes a number in seven figures."""
    count, per = args.leads, args.messages
    yield "tenants", f"""INSERT INTO tenants (id, slug, name, time_zone, created_at)
        SELECT n + 1, CASE WHEN n = 0 THEN 'default' ELSE 'center' || (n + 1) END, 'Center ' || (n + 1), 'Asia/Kolkata', {START} FROM {series(args.tenants)} WHERE true ON CONFLICT DO NOTHING"""
    yield "users", f"""INSERT INTO users (tenant_id, id, email, name, role, is_active, created_at, updated_at)
        SELECT n / 10 + 1, n % 10 + 1, 'user' || n || '@example.com', 'User ' || n, 'COUNSELOR', true, {START}, {START} FROM {series(args.tenants * 10)}"""
    of, person, lead, conversation, child = tenant("n"), row_id("n", 0), row_id("n", 1), row_id("n", 2), row_id("n", 3)
    first, last, called = name(FIRST, 24, 2_000, "Name", "n"), name(LAST, 30, 5_000, "House", "n / 3"), name(["Mehr"], 3, 2_000, "Child", "n / 5")
    domain = choice(["gmail.com", "gmail.com", "gmail.com", "yahoo.com", "example.org"], "n / 17")
    email = f"'person' || n || '@' || {domain}"
    phone = f"'+9198' || {pad('n')} || '0'"
    yield "persons", f"INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at) SELECT {of}, {person}, {person}, {lead}, '{{}}', '', '', {at('n')} FROM {series(count)}"
    yield "identities", f"INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at) SELECT {of}, 'phone', {phone}, {phone}, {person}, {at('n')} FROM {series(count)}"
    status, klass = choice(STATUSES, "n / 5"), choice([name for name, _ in CLASSES], "n / 2")
    score = f"(CASE (n / 2) % 3 WHEN 0 THEN 80 WHEN 1 THEN 40 ELSE 10 END)"
    words = f"'t' || {of} || ' ' || lower({first}) || ' ' || lower({last}) || ' person' || n || ' ' || replace({domain}, '.', ' ') || ' person' || n || replace({domain}, '.', '') || ' 9198' || {pad('n')} || '0 98' || {pad('n')} || '0'"
    is_child = "n % 2 = 0"
    yield "leads", f"""INSERT INTO leads (tenant_id, id, person_id, status, status_at, channel, source, name, phone, email, fields, first_message, last_message, message_count,
          score, class, scored_in, is_active, created_at, updated_at, last_message_at, child_id, child_name, enquiry_id, assigned_to, converted_at, closed_at, closed_reason, keywords, family_keywords)
        SELECT {of}, {lead}, {person}, {status}, {at('n')}, {choice(['sms', 'whatsapp', 'web', 'voice'], 'n / 11')}, {choice(SOURCES, 'n / 13')}, {first} || ' ' || {last}, {phone},
          {email}, '{{"name":"Person","location":"Mexico City"}}', 'hi', 'yes', {per // 2}, {score}, {klass}, {conversation}, n % 50 <> 49, {at('n')}, {at('n')}, {at('n')},
          CASE WHEN {is_child} THEN {child} END, CASE WHEN {is_child} THEN {called} || ' ' || {last} END, CASE WHEN {is_child} THEN 'ENQ' || {pad('n')} END,
          CASE WHEN n % 3 <> 0 THEN n % 10 + 1 END, CASE WHEN (n / 5) % 8 = 4 THEN {at('n')} + 86400000 END, CASE WHEN (n / 5) % 8 = 5 THEN {at('n')} + 86400000 END,
          CASE WHEN (n / 5) % 8 = 5 THEN 'Too far' END, {words}, CASE WHEN {is_child} THEN ' ' || lower({called}) || ' ' || lower({last}) || ' enq' || {pad('n')} ELSE '' END FROM {series(count)}"""
    yield "children", f"""INSERT INTO children (tenant_id, id, enquiry_id, first_name, last_name, dob, gender, created_at, updated_at)
        SELECT {of}, {child}, 'ENQ' || {pad('n')}, {called}, {last}, '2020-06-15', 'Girl', {at('n')}, {at('n')} FROM {series(count)} WHERE {is_child}"""
    yield "guardians", f"""INSERT INTO guardians (tenant_id, child_id, person_id, name, phone, is_primary, created_at)
        SELECT {of}, {child}, {person}, {first} || ' ' || {last}, {phone}, true, {at('n')} FROM {series(count)} WHERE {is_child}"""
    yield "intro_visits", f"""INSERT INTO intro_visits (tenant_id, id, lead_id, scheduled_at, trainer_id, outcome, version, created_at, updated_at)
        SELECT {of}, {row_id('n', 4)}, {lead}, {at('n')} + 172800000, n % 10 + 1, CASE WHEN n % 8 = 0 THEN 'NO_SHOW' END, 0, {at('n')}, {at('n')} FROM {series(count)} WHERE n % 4 = 0"""
    yield "follow_ups", f"""INSERT INTO follow_ups (tenant_id, id, lead_id, scheduled_at, time_zone, status, outcome, assigned_to, version, created_at, updated_at)
        SELECT {of}, {row_id('n', 5)}, {lead}, {at('n')} + 259200000, 'Asia/Kolkata', CASE WHEN n % 6 = 0 THEN 'PENDING' ELSE 'COMPLETED' END, CASE WHEN n % 6 = 0 THEN NULL ELSE 'POSTPONED' END,
          n % 10 + 1, 0, {at('n')}, {at('n')} FROM {series(count)} WHERE n % 3 = 0"""
    for k, event in ((6, "enquiry"), (7, "discovery")):
        yield "audit_log", f"""INSERT INTO audit_log (tenant_id, id, lead_id, version, event, to_status, detail, program, created_at)
            SELECT {of}, {row_id('n', k)}, {lead}, {k - 5}, '{event}', 'ENQUIRY_RECEIVED', '{{}}', 'seed', {at('n')} FROM {series(count)}"""
    yield "conversations", f"""INSERT INTO conversations (tenant_id, id, person_id, lead_id, account_id, channel, flow_id, flow_hash, language, state, seq, score, class, outcome, created_at, updated_at, ended_at)
        SELECT {of}, {conversation}, {person}, {lead}, 1, 'sms', 'six_questions', 'seeded', 'en', '{STATE}', {per}, {score}, {klass}, 'completed', {at('n')}, {at('n')}, {at('n')} FROM {series(count)}"""
    m = f"(n / {per})"
    place = f"(n % {per})"
    yield "messages", f"""INSERT INTO messages (tenant_id, conversation_id, seq, person_id, direction, provider_id, body, step, created_at)
        SELECT {tenant(m)}, {row_id(m, 2)}, {place} + 1, {row_id(m, 0)}, CASE WHEN {place} % 2 = 0 THEN 'in' ELSE 'out' END, CASE WHEN {place} % 2 = 0 THEN 'SMseed' || n END,
        'A message of about the usual length, number ' || n, 'location', {at(m)} + {place} FROM {series(count * per)}"""
    # What people said can be searched: one in a thousand spoke of gymnastics.
    said = f"'t' || {of} || ' a message of about the usual length number ' || n || CASE WHEN n % 1000 = 0 THEN ' gymnastics' ELSE '' END"
    if is_sqlite:
        yield "message_words", f"INSERT INTO message_words (rowid, words) SELECT {conversation}, {said} FROM {series(count)}"
        yield "message_index", f"INSERT INTO message_index (tenant_id, conversation_id, seq, lead_id) SELECT {of}, {conversation}, {per}, {lead} FROM {series(count)}"
    else:
        yield "message_index", f"INSERT INTO message_index (tenant_id, conversation_id, seq, lead_id, words) SELECT {of}, {conversation}, {per}, {lead}, array_to_tsvector(ARRAY(SELECT DISTINCT unnest(string_to_array({said}, ' ')))) FROM {series(count)}"
    a = "(n / 5)"
    yield "answers", f"""INSERT INTO answers (tenant_id, conversation_id, seq, n, person_id, step, given, raw, value, reader, taken_ms, created_at)
        SELECT {tenant(a)}, {row_id(a, 2)}, (n % 5) + 1, 0, {row_id(a, 0)}, 'step' || (n % 5), 'answered', 'Mexico City', '{{"kind":"text","value":"Mexico City"}}', 1, 4000, {at(a)} FROM {series(count * 5)}"""
    s = "(n / 10)"
    yield "score_entries", f"""INSERT INTO score_entries (tenant_id, conversation_id, seq, n, person_id, rule, points, reverses, created_at)
        SELECT {tenant(s)}, {row_id(s, 2)}, (n % 10) + 1, 0, {row_id(s, 0)}, 'question_answered', (CASE ({s} / 2) % 3 WHEN 0 THEN 8 WHEN 1 THEN 4 ELSE 1 END), false, {at(s)} FROM {series(count * 10)}"""


def told(table, began):
    print(f"{table:15} {time.time() - began:6.1f} s", flush=True)


if is_sqlite:
    path = url.removeprefix("sqlite:").removeprefix("//")
    # The search index needs SQLite 3.43; Python may come with an older one.
    if sqlite3.sqlite_version_info >= (3, 43):
        connection = sqlite3.connect(path, isolation_level=None)
    else:
        try:
            import apsw
        except ImportError:
            sys.exit(f"Python's SQLite is {sqlite3.sqlite_version}, and 3.43 is needed; run: pip install apsw")
        connection = apsw.Connection(path)
    for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    series = lambda count: f"(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {count}) SELECT n FROM s)"
    for table, text in statements(series, lambda n: f"printf('%07d', {n})"):
        began = time.time()
        connection.execute(text)
        told(table, began)
    # The server runs without statistics, so they are not made here either.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
else:
    series = lambda count: f"(SELECT CAST(n AS BIGINT) AS n FROM generate_series(0, {count - 1}) AS n) AS s"
    for table, text in statements(series, lambda n: f"lpad(CAST({n} AS TEXT), 7, '0')"):
        began = time.time()
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", url, "-c", "SET synchronous_commit = off", "-c", text], check=True)
        told(table, began)
    subprocess.run(["psql", "-q", url, "-c", "VACUUM ANALYZE"], check=True)
