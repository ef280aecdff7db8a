#!/usr/bin/env python3
"""Measures how soon sales know: from the answer to the turn that completes a conversation to the request at the CRM, and to the
request that tells a Slack channel; with a CRM and a Slack of its own that answer at once. Prints medians and 99th percentiles.

  benches/deliveries.py                       SQLite in a temporary folder
  benches/deliveries.py --url postgres://…    a database that may be filled
  benches/deliveries.py --rate 50 --leads 2000

A request may come before the answer to the turn has been read: then the time is below 0. "from the post" counts from when the
turn's message was posted, which is the whole that a person at the CRM would notice. Build Leadwire first: cargo build --release
"""
import argparse, base64, hashlib, hmac, http.client, http.server, json, os, pathlib, re, statistics, subprocess, tempfile, threading, time, urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--url", help="a PostgreSQL database")
parser.add_argument("--leadwire", type=pathlib.Path, default=ROOT / "target" / "release" / "leadwire")
parser.add_argument("--leads", type=int, default=1000)
parser.add_argument("--rate", type=float, default=20, help="completions a second")
args = parser.parse_args()

PUBLIC, TOKEN, PORT = "https://bot.example.com", b"test-auth-token", 18084
work = pathlib.Path(tempfile.mkdtemp(prefix="leadwire-deliveries-"))
came = {"crm": {}, "slack": []}


class Receiver(http.server.BaseHTTPRequestHandler):
    """The CRM and Slack: they write down when what came, and say yes."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        now = time.perf_counter()
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/leads":
            came["crm"].setdefault(json.loads(body)["phone"], now)
            answer = json.dumps({"id": len(came["crm"])}).encode()
        else:
            came["slack"].append((now, body))
            answer = b"ok"
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
there = f"http://127.0.0.1:{receiver.server_port}"

(work / "flows").mkdir()
(work / "flows" / "order.toml").write_text('''id = "order"
title = "An order"
region = "US"
[start]
channels = ["sms"]
default = true
keywords = ["hi"]
[[steps]]
id = "name"
ask = "name"
say = "What is your name?"
[[steps]]
id = "city"
ask = "text"
say = "Which city are you in?"
[[steps]]
id = "bye"
say = "Thank you."
end = "completed"
[[deliver]]
to = "crm"
on = "completed"
map = { name = "{{ name }}" }
[[notify]]
on = ["completed"]
via = ["sales"]
''')
(work / "leadwire.toml").write_text(f'''[[sinks]]
name = "crm"
kind = "rest"
url = "{there}/leads"
fields = {{ ref = "{{{{ key }}}}", name = "{{{{ name }}}}", phone = "{{{{ phone }}}}" }}
[[lists]]
name = "sales"
kind = "slack"
webhook = "SALES_SLACK"
''')
environment = {
    **os.environ, "TWILIO_AUTH_TOKEN": TOKEN.decode(), "PUBLIC_URL": PUBLIC, "LEADWIRE_LISTEN": f"127.0.0.1:{PORT}",
    "LEADWIRE_DATA": str(work / "data"), "FLOWS_DIR": str(work / "flows"), "LOG_LEVEL": "warn",
    "LEADWIRE_CONFIG": str(work / "leadwire.toml"), "SALES_SLACK": f"{there}/slack", "ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
    "DATABASE_URL": args.url or f"sqlite:{work / 'data' / 'leadwire.db'}",
}
server = subprocess.Popen([args.leadwire, "serve"], env=environment, stdout=subprocess.DEVNULL)


def say(connection, number, turn, text):
    """One signed text message."""
    path = "/webhooks/twilio/messages"
    form = {"MessageSid": f"SM{number}x{turn}", "AccountSid": "AC0", "From": number, "To": "+15005550006", "Body": text, "NumMedia": "0"}
    signed = PUBLIC + path + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN, signed.encode(), hashlib.sha1).digest()).decode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    connection.request("POST", path, urllib.parse.urlencode(form), headers)
    response = connection.getresponse()
    text = response.read().decode()
    assert response.status == 200, (response.status, text)


def shown(label, times):
    times = sorted(times)
    print(f"{label}: median {statistics.median(times):.2f} ms, p99 {times[int(len(times) * 0.99)]:.2f} ms, {len(times)} leads")


try:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT)
            connection.connect()
            break
        except OSError:
            time.sleep(0.05)
    base = int(time.time()) % 1_000_000 * 1000
    posted, answered, names, due = {}, {}, {}, time.perf_counter()
    for n in range(args.leads):
        due += 1 / args.rate
        number = f"+1{4150000000 + (base + n) % 999_999_999}"
        letters = "".join(chr(97 + n // 26 ** k % 26) for k in range(4))
        names[number] = f"Asha {letters.capitalize()}q"
        say(connection, number, 0, "hi")
        say(connection, number, 1, names[number])
        time.sleep(max(0, due - time.perf_counter()))
        posted[number] = time.perf_counter()
        say(connection, number, 2, "Pune")
        answered[number] = time.perf_counter()
    deadline = time.time() + 60
    while time.time() < deadline and len(came["crm"]) < args.leads:
        time.sleep(0.1)
    # What comes within a short time is told in one message.
    told = {}
    while time.time() < deadline and len(told) < args.leads:
        for at, body in list(came["slack"]):
            for name in re.findall(r"Asha [A-Z][a-z]{3}q", body):
                told.setdefault(name, at)
        time.sleep(0.1)
    print(f"{'postgres' if args.url else 'sqlite'}: {len(came['crm'])} of {args.leads} at the CRM, {len(told)} told in {len(came['slack'])} messages")
    for label, begin in [("from the answer", answered), ("from the post", posted)]:
        shown(f"{label} to the CRM's request", [(came["crm"][n] - at) * 1000 for n, at in begin.items() if n in came["crm"]])
        notices = [(told[names[n]] - at) * 1000 for n, at in begin.items() if names[n] in told]
        if notices:
            shown(f"{label} to the notice", notices)
finally:
    server.terminate()
    server.wait()
