// What is seen: bubbles, choices, the line to write in. Knows nothing of the server.
// Every text is set as text, never as markup.

import { ownName, rightToLeft, words } from "./chat-words.js";

const $ = (id) => document.getElementById(id);

/** How the keyboard of a phone should look for a kind of answer, and what the browser may fill in. */
const INPUT = {
  email: { inputMode: "email", autocomplete: "email" },
  phone: { inputMode: "tel", autocomplete: "tel" },
  name: { autocomplete: "name" },
  postcode: { autocomplete: "postal-code" },
};

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(className, text, onclick) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", onclick);
  return element;
}

export class View {
  constructor() {
    this.words = words("en");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.mouse = matchMedia("(hover: hover) and (pointer: fine)");
    this.keys = false; // whether the keyboard was used last
    addEventListener("keydown", () => (this.keys = true), { capture: true });
    addEventListener("pointerdown", () => (this.keys = false), { capture: true });
    followKeyboard();
  }

  /** Puts the page in a language: its own words, the direction, the switch. */
  speak(language, languages) {
    this.words = words(language);
    document.documentElement.lang = language;
    document.documentElement.dir = rightToLeft(language) ? "rtl" : "ltr";
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.words[element.dataset.word];
    for (const element of document.querySelectorAll("[data-title]")) element.title = this.words[element.dataset.title];
    $("text").placeholder = this.words.placeholder;
    const select = $("language");
    if (languages) {
      select.replaceChildren(...languages.map((tag) => {
        const option = make("option", "", ownName(tag));
        option.value = tag;
        option.lang = tag;
        return option;
      }));
      $("languages").hidden = languages.length < 2;
    }
    select.value = language;
    $("code").textContent = language.split("-")[0].toUpperCase();
  }

  title(text) {
    $("title").textContent = text;
    document.title = text;
  }

  /** An empty room; `quiet` while an old transcript is filled in, which nobody wants read aloud. */
  clear(quiet) {
    $("log").replaceChildren();
    $("log").setAttribute("aria-busy", String(Boolean(quiet)));
    this.ask(null);
  }

  ready() {
    $("log").setAttribute("aria-busy", "false");
    this.toEnd();
  }

  /** Something we say. */
  ours(text, language) {
    const bubble = make("p", "bubble ours");
    bubble.dir = "auto";
    if (language) bubble.lang = language;
    bubble.append(...linked(text));
    this.add(bubble);
  }

  /** Something the person says; a request to the page ("restart") is a quiet note instead of a bubble. */
  theirs(text) {
    const note = this.noteFor(text);
    const row = make("div", note ? "row request" : "row");
    const bubble = make("p", note ? "note" : "bubble theirs");
    bubble.dir = "auto";
    if (!note) bubble.append(make("span", "unseen", `${this.words.you} `));
    bubble.append(note ?? text);
    row.append(bubble);
    this.add(row);
    return row;
  }

  noteFor(text) {
    const request = text.trim().toLowerCase();
    const notes = { restart: "restarted", back: "went_back", skip: "skipped" };
    if (Object.hasOwn(notes, request)) return this.words[notes[request]];
    const asked = /^language (.+)$/.exec(request)?.[1];
    if (!asked) return null;
    const option = [...$("language").options].find((one) => one.dataset.request === asked);
    return `${this.words.language}: ${option?.textContent ?? asked}`;
  }

  /** Where a message stands: "sending", "sent", "failed" (with what to do), "refused" (with why). */
  mark(row, state, detail, again) {
    row.dataset.state = state;
    row.querySelector(".fate")?.remove();
    if (state !== "failed" && state !== "refused") return;
    const fate = make("p", "fate");
    fate.append(make("span", "", detail || (state === "failed" ? this.words.not_sent : this.words.refused)));
    if (again) fate.append(button("link", this.words.try_again, again));
    row.append(fate);
    this.announce(fate.textContent);
    this.toEnd();
  }

  /** A quiet line between the bubbles. */
  note(text) {
    this.add(make("p", "note", text));
  }

  /** For screen readers alone. */
  announce(text) {
    $("status").textContent = text;
  }

  add(element) {
    $("log").append(element);
    this.toEnd();
  }

  typing(on) {
    $("typing").hidden = !on;
    this.toEnd();
  }

  offline(on) {
    $("offline").hidden = !on;
  }

  toEnd() {
    const talk = $("talk");
    talk.scrollTo({ top: talk.scrollHeight, behavior: this.calm.matches ? "instant" : "smooth" });
  }

  /** Offers what the open question can be answered with; `on` has `option`, `several`, `request`. */
  ask(question, on, canGoBack) {
    const choices = $("choices");
    choices.replaceChildren();
    choices.hidden = true;
    const kind = INPUT[question?.ask] ?? {};
    $("text").inputMode = kind.inputMode ?? "text";
    $("text").autocomplete = kind.autocomplete ?? "off";
    if (!question) return;
    const options = optionsOf(question, this.words);
    const actions = make("div", "actions");
    if (options.length && question.multiple) choices.append(this.toggles(options, on, actions));
    else if (options.length) choices.append(this.buttons(options, on));
    if (canGoBack) actions.append(button("ghost", this.words.back, () => on.request("back")));
    if (question.optional) actions.append(button("ghost", this.words.skip, () => on.request("skip")));
    if (actions.childElementCount) choices.append(actions);
    const invitation = question.multiple ? this.words.choose_many : this.words.choose_one;
    choices.setAttribute("aria-label", invitation);
    choices.hidden = !choices.childElementCount;
    // Who types hears the question but not the buttons behind the line to write in.
    this.announce(options.length ? `${invitation}: ${options.map((one) => one.label).join(", ")}` : "");
    this.toEnd();
  }

  buttons(options, on) {
    const list = make("div", "options");
    for (const option of options) {
      const one = button("option", option.label, () => on.option(option));
      one.dir = "auto";
      list.append(one);
    }
    return list;
  }

  toggles(options, on, actions) {
    const list = make("div", "options many");
    const picked = new Set();
    const send = button("strong", this.words.send_choices, () => on.several(options.filter((one) => picked.has(one))));
    send.disabled = true;
    for (const option of options) {
      const one = button("option", option.label, () => {
        if (!picked.delete(option)) picked.add(option);
        one.setAttribute("aria-pressed", String(picked.has(option)));
        send.disabled = picked.size === 0;
      });
      one.dir = "auto";
      one.setAttribute("aria-pressed", "false");
      list.append(one);
    }
    actions.append(send);
    return list;
  }

  /** The conversation is over, or cannot begin: says so, with the one thing to do next. */
  offer(text, label, onclick) {
    const box = make("div", "end");
    box.append(make("p", "note", text), button("strong", label, onclick));
    $("choices").replaceChildren(box);
    $("choices").setAttribute("aria-label", text);
    $("choices").hidden = false;
    this.toEnd();
  }

  /**
   * Keeps the keyboard's place after a button it stood on is gone: the next option, else the line to write in. On a
   * touch screen never that line, because it would pull the on-screen keyboard up over the conversation.
   */
  settle(typed) {
    const lost = document.activeElement === document.body || $("choices").contains(document.activeElement);
    if (typed) $("text").focus({ preventScroll: true });
    else if (lost && this.hasKeyboard()) ($("choices").querySelector(".option, .strong") ?? $("text")).focus();
    else if (lost) $("choices").focus({ preventScroll: true });
  }

  /** Whether there seems to be a keyboard that takes no room on the screen. */
  hasKeyboard() {
    return this.keys || this.mouse.matches;
  }
}

/** The question's options; a yes-or-no question without any gets the two words. */
function optionsOf(question, own) {
  if (question.options?.length) {
    return question.options.map(({ value, label }) => ({ value, label: label || value, tapped: true }));
  }
  if (question.ask !== "yes_no" && question.ask !== "consent") return [];
  return [{ value: "yes", label: own.yes }, { value: "no", label: own.no }];
}

/** Text with its web addresses as links; only http and https can match. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'।])/).map((part, at) => {
    if (at % 2 === 0) return document.createTextNode(part);
    const link = make("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  });
}

/** Where the on-screen keyboard covers the page instead of shrinking it, the page keeps to the part still seen. */
function followKeyboard() {
  const seen = window.visualViewport;
  const follow = () => {
    // Somebody who zooms in with two fingers sees less of the page on purpose.
    const covered = seen.scale < 1.01;
    document.documentElement.style.setProperty("--seen", covered ? `${seen.height}px` : "100dvh");
    document.documentElement.style.setProperty("--seen-from", covered ? `${seen.offsetTop}px` : "0px");
  };
  seen?.addEventListener("resize", () => {
    follow();
    $("talk").scrollTop = $("talk").scrollHeight;
  });
  seen?.addEventListener("scroll", follow);
}

/** Paints the page in the embedding site's colour (#rgb or #rrggbb), with black or white on it, whichever reads better. */
export function paint(color) {
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color ?? "")?.[1];
  if (!hex) return;
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179;
  document.documentElement.style.setProperty("--brand", `#${full}`);
  document.documentElement.style.setProperty("--on-brand", bright ? "#111111" : "#ffffff");
}
