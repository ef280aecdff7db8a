#!/usr/bin/env python3
"""Measures a turn of a call beside a turn by SMS: the same flow, one connection, in turn; prints medians and their ratio.

  benches/calls.py                       SQLite in a temporary folder
  benches/calls.py --url postgres://…    a database that may be filled

Build Leadwire first: cargo build --release
"""
import argparse, base64, hashlib, hmac, http.client, os, pathlib, re, statistics, subprocess, tempfile, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--url", help="a PostgreSQL database")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
parser.add_argument("--people", type=int, default=300, help="conversations on each channel")
parser.add_argument("--rounds", type=int, default=5)
args = parser.parse_args()

PUBLIC, TOKEN, PORT = "https://bot.example.com", b"test-auth-token", 18083
work = pathlib.Path(tempfile.mkdtemp(prefix="leadwire-calls-"))
flow = work / "flows"
flow.mkdir()
QUESTIONS = [("ready", "yes_no"), ("business", "text"), ("city", "location"), ("staff", "number"), ("zip", "postcode"), ("sure", "yes_no")]
ANSWERS = ["yes", "a bakery", "Pune", "12", "94107", "yes"]
steps = "".join(f'[[steps]]\nid = "{name}"\nask = "{kind}"\nsay = "What about {name}?"\n' for name, kind in QUESTIONS)
(flow / "six.toml").write_text(
    'id = "six"\ntitle = "Six"\nregion = "US"\n[start]\nchannels = ["sms", "voice"]\ndefault = true\nkeywords = ["hi"]\n'
    + steps + '[[steps]]\nid = "bye"\nsay = "Thank you."\nend = "completed"\n')
environment = {
    **os.environ, "TWILIO_AUTH_TOKEN": TOKEN.decode(), "PUBLIC_URL": PUBLIC, "LEADWIRE_LISTEN": f"127.0.0.1:{PORT}",
    "LEADWIRE_DATA": str(work / "data"), "FLOWS_DIR": str(flow), "LOG_LEVEL": "warn",
    "DATABASE_URL": args.url or f"sqlite:{work / 'data' / 'leadwire.db'}",
}
server = subprocess.Popen([args.leadwire, "serve"], env=environment, stdout=subprocess.DEVNULL)


def post(connection, path, form):
    """One signed webhook: how long it took in milliseconds, and what was answered."""
    signed = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN, signed.encode(), hashlib.sha1).digest()).decode()
    body = urllib.parse.urlencode(form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    began = time.perf_counter()
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    took = (time.perf_counter() - began) * 1000
    assert response.status == 200, (response.status, text)
    return took, text


def by_sms(connection, number):
    times = []
    for turn, text in enumerate(["hi"] + ANSWERS):
        form = {"MessageSid": f"SM{number}x{turn}", "AccountSid": "AC0", "From": number, "To": "+15005550006", "Body": text, "NumMedia": "0"}
        times.append(post(connection, "/webhooks/twilio/messages", form)[0])
    return times


def by_call(connection, number):
    times, path = [], "/webhooks/twilio/voice"
    for text in [None] + ANSWERS:
        form = {"CallSid": "CA" + number.strip("+"), "AccountSid": "AC0", "From": number, "To": "+15005550006", "Direction": "inbound"}
        if text:
            form |= {"SpeechResult": text, "Confidence": "0.93"}
        took, answer = post(connection, path, form)
        times.append(took)
        action = re.search(r'action="([^"]+)"', answer)
        path = action.group(1).replace("&amp;", "&").removeprefix(PUBLIC) if action else None
    assert path is None, "the call ends"
    return times


try:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT)
            connection.connect()
            break
        except OSError:
            time.sleep(0.05)
    ways = {"sms": by_sms, "call": by_call}
    medians = {name: [] for name in ways}
    person = int(time.time()) % 1_000_000 * 1000
    for round in range(args.rounds + 1):
        for name, way in ways.items():
            times = []
            for _ in range(args.people // (1 if round else 4)):
                person += 1
                times += way(connection, f"+1{4150000000 + person % 999_999_999}")
            if round:
                medians[name].append(statistics.median(times))
                print(f"round {round} {name}: median {medians[name][-1]:.3f} ms, p99 {sorted(times)[int(len(times) * 0.99)]:.3f} ms")
    sms, call = (statistics.median(medians[name]) for name in ways)
    print(f"a turn by SMS {sms:.3f} ms, of a call {call:.3f} ms: {call / sms:.2f} times")
finally:
    server.terminate()
    server.wait()
