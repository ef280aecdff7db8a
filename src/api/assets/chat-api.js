// The chat API as the page uses it, and what the page keeps between reloads.

const PATIENCE_MS = 20_000;

/** The server was not reached, or could not answer now: sending the same again is right. */
export class Unreachable extends Error {
  /** @param {number|null} after seconds the server asks to wait, if it does */
  constructor(after = null) {
    super("unreachable");
    this.after = after;
  }
}

/** The server refused this request: sending the same again would not help. */
export class Refused extends Error {
  constructor(status, detail) {
    super(`refused with ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

/** Opens a conversation. */
export function start(wishes) {
  return call("POST", "api/session/start", wishes);
}

/** Sends one message; the key makes a repeat harmless. */
export function answer(body, key) {
  return call("POST", "api/answer", body, key);
}

/** The conversation as the server has it. */
export function session(id) {
  return call("GET", `api/session/${encodeURIComponent(id)}`);
}

async function call(method, path, body, key) {
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  if (key) headers["idempotency-key"] = key;
  let response;
  let reply;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    reply = await response.json();
  } catch {
    // No answer, or one that is not the API's (a proxy's error page, half a body).
    if (!response || response.ok || response.status >= 500) throw new Unreachable();
  }
  if (response.ok) return reply;
  if (response.status === 429) throw new Unreachable(seconds(response.headers.get("retry-after")));
  if (response.status >= 500 || response.status === 408 || response.status === 425) throw new Unreachable();
  throw new Refused(response.status, reply?.detail ?? "");
}

function seconds(header) {
  const wait = Number.parseInt(header ?? "", 10);
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 1), 120) : 5;
}

/** A key no other message has. (`crypto.randomUUID` is missing on plain-http addresses, this is not.) */
export function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What is kept: the session in `localStorage`, so that somebody who comes back goes on where they were; messages not
 * yet delivered in `sessionStorage`, since they belong to this tab alone. A browser that forbids storage (a strict
 * frame) forgets on reload, and nothing else changes.
 */
export class Kept {
  constructor(flow) {
    this.session = cell("localStorage", `leadwire.session.${flow ?? ""}`);
    this.outbox = cell("sessionStorage", `leadwire.outbox.${flow ?? ""}`);
  }
}

function cell(store, name) {
  return {
    read() {
      try {
        return JSON.parse(window[store].getItem(name));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) window[store].removeItem(name);
        else window[store].setItem(name, JSON.stringify(value));
      } catch {
        // Storage is forbidden or full: the chat goes on without it.
      }
    },
  };
}
