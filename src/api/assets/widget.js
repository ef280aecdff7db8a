// Leadwire's chat on any page:
//   <script src="https://your-leadwire/widget.js" async></script>
// Optional: data-flow="merchant", data-language="hi", data-color="#0f6b5c" (#rgb or #rrggbb).
// Adds one element and no global name. The chat lives in a frame of its own, so neither page can disturb the other;
// the button's styles are a constructed sheet in a shadow tree, which also works under a strict style-src.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script?.src) return;
  const home = new URL(".", script.src);
  const { flow, language, color } = script.dataset;

  const WORDS = {
    en: { open: "Open chat", close: "Close chat", chat: "Chat" },
    es: { open: "Abrir el chat", close: "Cerrar el chat", chat: "Chat" },
    hi: { open: "चैट खोलें", close: "चैट बंद करें", chat: "चैट" },
  };
  const tag = (language || document.documentElement.lang || navigator.language || "en").toLowerCase().split("-")[0];
  const words = WORDS[tag] ?? WORDS.en;

  const STYLES = `
    :host { all: initial; }
    [hidden] { display: none !important; }
    button, iframe { position: fixed; z-index: 2147483000; border: 0; padding: 0; }
    button {
      inset-block-end: calc(20px + env(safe-area-inset-bottom, 0px));
      inset-inline-end: calc(20px + env(safe-area-inset-right, 0px));
      display: grid; place-items: center; width: 60px; height: 60px; border-radius: 50%; cursor: pointer;
      color: var(--on-brand, #fff); background: var(--brand, #0f6b5c);
      box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 20%); transition: transform .15s;
    }
    button:hover { transform: scale(1.05); }
    button:focus-visible { outline: 3px solid var(--brand, #0f6b5c); outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    iframe {
      inset-block-end: calc(94px + env(safe-area-inset-bottom, 0px));
      inset-inline-end: calc(20px + env(safe-area-inset-right, 0px));
      width: 400px; height: min(640px, calc(100dvh - 114px)); border-radius: 20px;
      background: Canvas; color-scheme: light dark;
      box-shadow: 0 0 0 1px rgb(0 0 0 / 8%), 0 12px 48px rgb(0 0 0 / 25%);
    }
    @media (max-width: 480px), (max-height: 480px) {
      iframe {
        inset: var(--seen-from, 0) 0 auto; width: 100%; height: var(--seen, 100dvh); border-radius: 0; box-shadow: none;
      }
      button[aria-expanded="true"] { display: none; }
    }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } }
    @media (forced-colors: active) { button { border: 2px solid; } }
    @media print { button, iframe { display: none; } }`;

  const ICONS = {
    open: "M20 11.5a7.5 7.5 0 0 1-7.5 7.5H5l1.6-2.9A7.5 7.5 0 1 1 20 11.5ZM9 11.5h.01M12.5 11.5h.01M16 11.5h.01",
    close: "m6 6 12 12M18 6 6 18",
  };

  let frame = null;
  let loaded = false;
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const drawn = { viewBox: "0 0 24 24", width: "28", height: "28", fill: "none", stroke: "currentColor" };
  const lines = { "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, value] of Object.entries({ ...drawn, ...lines })) icon.setAttribute(name, value);
  icon.append(path);
  button.append(icon);
  root.append(button);

  function address() {
    const url = new URL("chat", home);
    const here = new URLSearchParams(location.search);
    const passed = { embed: "1", flow, language, color, utm_source: here.get("utm_source") };
    for (const [name, value] of Object.entries(passed)) if (value) url.searchParams.set(name, value);
    return url.href;
  }

  function isOpen() {
    return frame !== null && !frame.hidden;
  }

  function show(open) {
    if (open === isOpen() && frame) return;
    if (open && !frame) {
      // Made when it is first wanted, so that a page nobody chats on loads nothing.
      frame = document.createElement("iframe");
      frame.title = words.chat;
      frame.src = address();
      frame.addEventListener("load", () => (loaded = true), { once: true });
      root.append(frame);
    }
    if (frame) frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", open ? words.close : words.open);
    button.title = open ? words.close : words.open;
    path.setAttribute("d", open ? ICONS.close : ICONS.open);
    if (!frame) return;
    if (open) {
      frame.focus();
      if (loaded) frame.contentWindow.postMessage({ leadwire: "opened" }, home.origin);
    } else {
      button.focus();
    }
  }

  /** The button in the site's colour, its icon in black or white, whichever reads better. */
  function paint() {
    const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color ?? "")?.[1];
    if (!hex) return;
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
    const [red, green, blue] = [0, 2, 4].map((at) => (Number.parseInt(full.slice(at, at + 2), 16) / 255) ** 2.2);
    host.style.setProperty("--brand", `#${full}`);
    host.style.setProperty("--on-brand", 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#111" : "#fff");
  }

  /** Where the on-screen keyboard covers the page instead of shrinking it, the frame keeps to the part still seen. */
  function follow() {
    const seen = window.visualViewport;
    const covered = seen.scale < 1.01;
    host.style.setProperty("--seen", covered ? `${seen.height}px` : "100dvh");
    host.style.setProperty("--seen-from", covered ? `${seen.offsetTop}px` : "0px");
  }

  window.visualViewport?.addEventListener("resize", follow);
  window.visualViewport?.addEventListener("scroll", follow);
  button.addEventListener("click", () => show(!isOpen()));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) show(false);
  });
  addEventListener("message", (event) => {
    const ours = frame && event.source === frame.contentWindow && event.origin === home.origin;
    if (ours && event.data?.leadwire === "close") show(false);
  });
  paint();
  show(false);

  const attach = () => document.body.append(host);
  if (document.body) attach();
  else addEventListener("DOMContentLoaded", attach, { once: true });
})();
