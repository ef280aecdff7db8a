// The chat page: one conversation with the server, from the first greeting to the end.

import { answer, freshKey, Kept, Refused, session, start, Unreachable } from "./chat-api.js";
import { paint, View } from "./chat-view.js";
import { englishName, primary } from "./chat-words.js";

const $ = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const flow = asked.get("flow") || undefined;
const kept = new Kept(flow);
const view = new View();

let id = null; // the session
let open = true;
let question = null;
let askedAt = null; // when the question was shown, by a clock that only runs forward
let answers = 0; // messages of this person so far: whether there is anything to go back to
let language = null;
let sending = false;
let outbox = []; // messages not yet delivered, oldest first
let waiting = null; // the timer after "too many requests"

/** Goes on where the person was, or begins. */
async function begin() {
  id = kept.session.read();
  outbox = (kept.outbox.read() ?? []).filter((entry) => entry.body.session_id === id);
  if (!id) return openNew();
  view.typing(true);
  try {
    await deliverKept();
    show(await session(id));
  } catch (error) {
    if (error instanceof Refused) return openNew();
    view.offer(view.words.unreachable, view.words.try_again, begin);
  } finally {
    view.typing(false);
  }
}

/** What was not delivered before the reload goes first, under its old key: the transcript then has it, once. */
async function deliverKept() {
  while (outbox.length) {
    try {
      await answer(outbox[0].body, outbox[0].key);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    drop();
  }
}

async function openNew(note) {
  view.clear();
  if (note) view.note(note);
  forget();
  view.typing(true);
  try {
    const begun = await start({
      utm_source: asked.get("utm_source") || undefined,
      language: primary(asked.get("language") || navigator.language),
      flow,
    });
    id = begun.session_id;
    kept.session.write(id);
    take(begun);
    if (view.hasKeyboard()) view.settle(true);
  } catch (error) {
    const why = error instanceof Refused && error.detail ? error.detail : view.words.unreachable;
    view.offer(why, view.words.try_again, () => openNew());
  } finally {
    view.typing(false);
  }
}

function forget() {
  id = null;
  answers = 0;
  outbox = [];
  kept.session.write(null);
  kept.outbox.write(null);
}

/** A whole transcript, after a reload. */
function show(whole) {
  setLanguage(whole.language, whole.languages);
  view.title(whole.title);
  view.clear(true);
  answers = 0;
  for (const message of whole.messages) {
    if (message.direction === "in") {
      view.theirs(message.text);
      answers += 1;
    } else {
      view.ours(message.text, message.language);
    }
  }
  pose(whole);
  askedAt = null;
  view.ready();
}

/** A reply: what is said, then the question that is open now. */
function take(reply) {
  setLanguage(reply.language, reply.languages);
  if (reply.title) view.title(reply.title);
  for (const say of reply.says) view.ours(say.text, say.language);
  pose(reply);
}

function setLanguage(tag, languages) {
  language = tag || language || "en";
  view.speak(language, languages);
  for (const option of $("language").options) option.dataset.request = englishName(option.value).toLowerCase();
}

function pose(reply) {
  open = reply.open;
  question = reply.question;
  askedAt = performance.now();
  offerAnswers();
}

function offerAnswers() {
  if (!open) {
    view.ask(null);
    return view.offer(view.words.ended, view.words.start_new, () => openNew());
  }
  const on = {
    option: (option) => send(option.label, { question, tapped: option.tapped ? option.value : undefined }),
    several: (options) => send(options.map((option) => option.label).join(", "), { question }),
    request: (word) => send(word),
  };
  return view.ask(question, on, answers > 0);
}

/**
 * Queues a message and sends what is queued. Typed words carry no question: they may as well be "back" or "help", and
 * the server gives them to the open question otherwise. A choice says which question it belongs to.
 */
function send(text, { question: chosen = null, tapped, typed = false } = {}) {
  const entry = {
    key: freshKey(),
    body: {
      session_id: id,
      question_id: chosen?.key ?? null,
      answer_text: text,
      tapped,
      time_taken: askedAt === null ? undefined : Math.round((performance.now() - askedAt) / 100) / 10,
    },
  };
  entry.row = view.theirs(text);
  outbox.push(entry);
  keepOutbox();
  view.ask(null);
  deliver(typed);
}

function keepOutbox() {
  kept.outbox.write(outbox.length ? outbox.map(({ key, body }) => ({ key, body })) : null);
}

function drop() {
  outbox.shift();
  keepOutbox();
}

/** Sends the outbox in order, one at a time. The first that cannot be delivered holds back those behind it. */
async function deliver(typed) {
  if (sending) return;
  sending = true;
  clearTimeout(waiting);
  view.typing(true);
  while (outbox.length) {
    const entry = outbox[0];
    view.mark(entry.row, "sending");
    try {
      const reply = await answer(entry.body, entry.key);
      drop();
      view.mark(entry.row, "sent");
      answers = entry.body.answer_text === "restart" ? 0 : answers + 1;
      view.typing(outbox.length > 0);
      take(reply);
    } catch (error) {
      if (error instanceof Unreachable) {
        hold(entry, error.after);
        break;
      }
      if (!(error instanceof Refused)) throw error;
      if (error.status === 404) {
        $("text").value ||= entry.body.tapped ? "" : entry.body.answer_text;
        await openNew(view.words.expired);
        break;
      }
      drop();
      view.mark(entry.row, "refused", error.detail);
      setLanguage(language);
      offerAnswers();
    }
  }
  sending = false;
  view.typing(false);
  view.settle(typed);
}

function hold(entry, after) {
  view.mark(entry.row, "failed", after === null ? null : view.words.wait, () => deliver());
  if (after !== null) waiting = setTimeout(deliver, after * 1000);
}

function leave() {
  // Says nothing but "close", so any page may hear it.
  if (window.parent !== window) window.parent.postMessage({ leadwire: "close" }, "*");
}

async function restart() {
  if (!open || !id) return openNew();
  const dialog = $("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  if (dialog.returnValue === "yes") send("restart");
}

function listen() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text || !id) return;
    $("text").value = "";
    send(text, { typed: true });
  });
  $("language").addEventListener("change", (event) => send(`language ${englishName(event.target.value)}`));
  $("restart").addEventListener("click", restart);
  $("close").addEventListener("click", leave);
  addEventListener("offline", () => view.offline(true));
  addEventListener("online", () => {
    view.offline(false);
    if (outbox.length) deliver();
  });
  if (asked.get("embed")) {
    document.documentElement.dataset.embed = "";
    $("close").hidden = false;
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !$("confirm").open) leave();
    });
    addEventListener("message", (event) => {
      if (event.source === window.parent && event.data?.leadwire === "opened") view.settle(view.hasKeyboard());
    });
  }
  view.offline(!navigator.onLine);
}

paint(asked.get("color"));
view.speak(asked.get("language") || navigator.language || "en");
listen();
begin();
