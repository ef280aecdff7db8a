// The page's own words, by language. What the conversation says comes from the flow, never from here.

const en = {
  intro: "Your answers are saved as you go. You can go back or start over at any time.",
  message: "Your message",
  placeholder: "Type your answer…",
  send: "Send",
  send_choices: "Send choice",
  choose_one: "Choose an answer",
  choose_many: "Choose one or more answers",
  yes: "Yes",
  no: "No",
  skip: "Skip",
  skipped: "Skipped",
  back: "Back",
  went_back: "Back to the question before",
  restart: "Start over",
  restarted: "Started over",
  restart_sure: "Start over?",
  restart_what: "You will be asked everything again.",
  cancel: "Cancel",
  close: "Close",
  language: "Language",
  you: "You:",
  not_sent: "Not sent",
  try_again: "Try again",
  wait: "Many messages at once. Trying again in a moment.",
  refused: "This message could not be accepted.",
  offline: "You are offline. What you write is sent when the connection is back.",
  unreachable: "The chat cannot be reached right now.",
  ended: "This chat has ended.",
  start_new: "Start a new chat",
  expired: "The earlier chat is no longer available, so this is a new one.",
};

const es = {
  intro: "Sus respuestas se guardan al momento. Puede volver atrás o empezar de nuevo cuando quiera.",
  message: "Su mensaje",
  placeholder: "Escriba su respuesta…",
  send: "Enviar",
  send_choices: "Enviar selección",
  choose_one: "Elija una respuesta",
  choose_many: "Elija una o varias respuestas",
  yes: "Sí",
  no: "No",
  skip: "Omitir",
  skipped: "Omitida",
  back: "Atrás",
  went_back: "De vuelta a la pregunta anterior",
  restart: "Empezar de nuevo",
  restarted: "Empezamos de nuevo",
  restart_sure: "¿Empezar de nuevo?",
  restart_what: "Se le volverá a preguntar todo.",
  cancel: "Cancelar",
  close: "Cerrar",
  language: "Idioma",
  you: "Usted:",
  not_sent: "No enviado",
  try_again: "Reintentar",
  wait: "Demasiados mensajes a la vez. Lo intentamos de nuevo en un momento.",
  refused: "No se pudo aceptar este mensaje.",
  offline: "No tiene conexión. Lo que escriba se enviará cuando vuelva.",
  unreachable: "No se puede acceder al chat en este momento.",
  ended: "Este chat ha terminado.",
  start_new: "Iniciar un nuevo chat",
  expired: "El chat anterior ya no está disponible; este es nuevo.",
};

const hi = {
  intro: "आपके उत्तर साथ-साथ सहेजे जाते हैं। आप कभी भी पीछे जा सकते हैं या फिर से शुरू कर सकते हैं।",
  message: "आपका संदेश",
  placeholder: "अपना उत्तर लिखें…",
  send: "भेजें",
  send_choices: "चुनाव भेजें",
  choose_one: "एक उत्तर चुनें",
  choose_many: "एक या अधिक उत्तर चुनें",
  yes: "हाँ",
  no: "नहीं",
  skip: "छोड़ें",
  skipped: "छोड़ दिया",
  back: "पीछे",
  went_back: "पिछले प्रश्न पर वापस",
  restart: "फिर से शुरू करें",
  restarted: "फिर से शुरू किया",
  restart_sure: "फिर से शुरू करें?",
  restart_what: "आपसे सभी प्रश्न दोबारा पूछे जाएँगे।",
  cancel: "रद्द करें",
  close: "बंद करें",
  language: "भाषा",
  you: "आप:",
  not_sent: "नहीं भेजा गया",
  try_again: "फिर कोशिश करें",
  wait: "एक साथ बहुत संदेश आए। थोड़ी देर में फिर कोशिश होगी।",
  refused: "यह संदेश स्वीकार नहीं हो सका।",
  offline: "आप ऑफ़लाइन हैं। कनेक्शन लौटते ही आपका संदेश भेजा जाएगा।",
  unreachable: "चैट से अभी संपर्क नहीं हो पा रहा है।",
  ended: "यह चैट समाप्त हो गई है।",
  start_new: "नई चैट शुरू करें",
  expired: "पिछली चैट अब उपलब्ध नहीं है, इसलिए यह नई है।",
};

const all = { en, es, hi };

/** The words for a language tag such as "hi" or "es-MX"; English where there are none. */
export function words(tag) {
  return all[primary(tag)] ?? en;
}

/** "es-MX" → "es". */
export function primary(tag) {
  return String(tag || "en").toLowerCase().split(/[-_]/)[0];
}

/** What a language calls itself ("हिन्दी"), for the switch. */
export function ownName(tag) {
  return nameIn(tag, tag);
}

/** What English calls a language ("Hindi"): the request to speak it is understood in English everywhere. */
export function englishName(tag) {
  return nameIn("en", tag);
}

function nameIn(reader, tag) {
  try {
    const name = new Intl.DisplayNames([reader], { type: "language" }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(reader) + name.slice(1);
  } catch {
    return tag;
  }
}

/** Whether a language is written from right to left. */
export function rightToLeft(tag) {
  return ["ar", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"].includes(primary(tag));
}
