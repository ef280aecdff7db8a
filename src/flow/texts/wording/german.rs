//! Built-in texts in German.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "Entschuldigung, das habe ich nicht verstanden. Können Sie es anders sagen?",
        TextKey::RetryChoice => "Bitte wählen Sie eine dieser Antworten oder schicken Sie ihre Nummer.",
        TextKey::RetryChoices => {
            "Bitte wählen Sie daraus; Sie können mehrere Nummern schicken, zum Beispiel 1, 3."
        }
        TextKey::RetryYesNo => "Bitte antworten Sie mit Ja oder Nein.",
        TextKey::RetryNumber => "Bitte schicken Sie eine Zahl, zum Beispiel 12.",
        TextKey::RetryMoney => "Bitte schicken Sie einen Betrag, zum Beispiel 5000.",
        TextKey::RetryRange => "Bitte schicken Sie einen Bereich, zum Beispiel 1000 bis 5000.",
        TextKey::RetryPhone => {
            "Das sieht nicht nach einer Telefonnummer aus. Bitte schicken Sie sie mit Vorwahl."
        }
        TextKey::RetryEmail => {
            "Das sieht nicht nach einer E-Mail-Adresse aus. Sie sollte wie name@example.com sein."
        }
        TextKey::RetryDate => "Bitte schicken Sie ein Datum, zum Beispiel 14. März oder morgen.",
        TextKey::RetryTime => "Bitte schicken Sie eine Uhrzeit, zum Beispiel 15 Uhr oder 15:00.",
        TextKey::RetryName => "Bitte schicken Sie Ihren Namen.",
        TextKey::RetryPostcode => {
            "Das sieht nicht nach einer Postleitzahl aus. Bitte schicken Sie sie noch einmal."
        }
        TextKey::RetryLocation => "Bitte schicken Sie den Namen eines Ortes oder teilen Sie Ihren Standort.",
        TextKey::RetryConsent => {
            "Bitte antworten Sie mit einem klaren Ja, wenn Sie zustimmen, sonst mit Nein."
        }
        TextKey::RetryMedia => "Bitte schicken Sie ein Bild, eine Aufnahme oder ein Dokument.",
        TextKey::RetryLimits => {
            "Es sollte{% if min %} mindestens {{ min }}{% endif %}{% if min and max %} und{% endif %}{% if max %} höchstens {{ max }}{% endif %} sein."
        }
        TextKey::BackNothing => "Das ist die erste Frage; davor gibt es nichts.",
        TextKey::SkipNotAllowed => "Diese Frage brauchen wir bitte beantwortet.",
        TextKey::Help => {
            "Sie können einfach antworten oder sagen: zurück, ändern, überspringen, neu anfangen, Sprache oder Mensch. Mit STOP hören Sie nichts mehr von uns."
        }
        TextKey::Human => "Ich bitte einen Menschen, sich bei Ihnen zu melden.",
        TextKey::Restarted => "Gut, fangen wir noch einmal an.",
        TextKey::LanguageChanged => "Gut, ab jetzt auf Deutsch.",
        TextKey::LanguageUnknown => "Hier spreche ich {{ languages }}.",
        TextKey::ChangedWhat => "Welche Antwort möchten Sie ändern? {{ questions }}",
        TextKey::AfterEnd => "Danke, wir haben alles. Sagen Sie \"neu anfangen\", um von vorn zu beginnen.",
        TextKey::ChooseManyHint => "Sie können mehrere wählen.",
        TextKey::OptionHint => "Antworten Sie mit einer Nummer oder den Worten.",
        TextKey::SkipHint => "Sie können \"überspringen\" sagen.",
        TextKey::YesNo => "Ja / Nein",
        TextKey::Choose => "Auswählen",
        TextKey::OptOut => {
            "Sie hören nichts mehr von uns. Schreiben Sie START, wenn Sie es sich anders überlegen."
        }
        TextKey::OptIn => "Willkommen zurück! Sie hören wieder von uns.",
        TextKey::HelpContact => "Hier ist {{ title }}. Antworten Sie STOP, um nichts mehr von uns zu hören.",
        TextKey::Apology => {
            "Entschuldigung, bei uns ist etwas schiefgegangen. Bitte versuchen Sie es gleich noch einmal."
        }
        TextKey::Cancelled => "In Ordnung, wir hören hier auf. Schreiben Sie uns, wann immer Sie möchten.",
        TextKey::CallPress => "Für {{ option }} drücken Sie die {{ key }}.",
        TextKey::CallMore => "Für weitere drücken Sie die {{ key }}.",
        TextKey::CallFurther => "Hier sind weitere.",
        TextKey::CallYesNo => "Für Ja drücken Sie die 1, für Nein die 2.",
        TextKey::CallPick => "Drücken Sie die Tasten von allem, was zutrifft, dann die Raute.",
        TextKey::CallKeys => "Sie können es auch eintippen; am Ende die Raute.",
        TextKey::CallKeysDate => {
            "Sie können auch {% if order == 'mdy' %}Monat, Tag und Jahr{% elif order == 'ymd' %}Jahr, Monat und Tag{% else %}Tag, Monat und Jahr{% endif %} mit acht Ziffern eintippen."
        }
        TextKey::CallKeysTime => "Sie können auch Stunde und Minuten mit vier Ziffern eintippen.",
        TextKey::CallKeysDatetime => {
            "Sie können auch {% if order == 'mdy' %}Monat, Tag und Jahr{% elif order == 'ymd' %}Jahr, Monat und Tag{% else %}Tag, Monat und Jahr{% endif %} mit acht Ziffern eintippen, dann Stunde und Minuten mit vier."
        }
        TextKey::CallConfirm => {
            "Ich habe verstanden: {{ heard }}. Ist das richtig? Für Ja drücken Sie die 1, für Nein die 2."
        }
        TextKey::CallWrong => "Entschuldigung. Bitte noch einmal.",
        TextKey::CallSpell => {
            "Entschuldigung. Bitte buchstabieren Sie es diesmal, Buchstabe für Buchstabe, zum Beispiel: M wie Martha."
        }
        TextKey::CallUnheard => "Ich habe nichts gehört.",
        TextKey::CallDead => {
            "Ich höre Sie leider nicht und lege jetzt auf. Rufen Sie wieder an, dann machen wir hier weiter. Auf Wiederhören."
        }
        TextKey::CallOver => {
            "Dieser Anruf muss jetzt enden. Rufen Sie wieder an, dann machen wir hier weiter. Auf Wiederhören."
        }
        TextKey::CallResumed => "Willkommen zurück! Wir machen dort weiter, wo wir aufgehört haben.",
        TextKey::CallTransfer => "Einen Moment bitte, ich verbinde Sie.",
        TextKey::CallNobody => "Leider kann gerade niemand Ihren Anruf annehmen.",
        TextKey::CallBye => "Auf Wiederhören.",
        TextKey::CallContinued => "Unser Anruf wurde unterbrochen. Hier können Sie weitermachen:",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "Bitte wählen Sie eine dieser Antworten oder drücken Sie ihre Taste.",
        TextKey::RetryChoices => {
            "Bitte wählen Sie daraus; Sie können mehrere nennen oder ihre Tasten drücken."
        }
        TextKey::RetryNumber => "Bitte sagen Sie eine Zahl, zum Beispiel 12, oder tippen Sie sie ein.",
        TextKey::RetryMoney => "Bitte sagen Sie einen Betrag, zum Beispiel 5000, oder tippen Sie ihn ein.",
        TextKey::RetryRange => "Bitte sagen Sie einen Bereich, zum Beispiel 1000 bis 5000.",
        TextKey::RetryPhone => {
            "Das klingt nicht nach einer Telefonnummer. Bitte sagen Sie sie mit Vorwahl oder tippen Sie sie ein."
        }
        TextKey::RetryEmail => {
            "Das klingt nicht nach einer E-Mail-Adresse. Sie sollte wie name at example punkt com sein."
        }
        TextKey::RetryDate => "Bitte sagen Sie ein Datum, zum Beispiel 14. März oder morgen.",
        TextKey::RetryTime => "Bitte sagen Sie eine Uhrzeit, zum Beispiel 15 Uhr.",
        TextKey::RetryName => "Bitte sagen Sie Ihren Namen.",
        TextKey::RetryPostcode => {
            "Das klingt nicht nach einer Postleitzahl. Bitte sagen Sie sie noch einmal oder tippen Sie sie ein."
        }
        TextKey::RetryLocation => "Bitte sagen Sie den Namen eines Ortes.",
        TextKey::RetryMedia => "Das lässt sich am Telefon nicht schicken.",
        TextKey::Help => {
            "Sie können einfach antworten oder sagen: zurück, wiederholen, ändern, überspringen, neu anfangen, Sprache oder Mensch. Auf der Tastatur geht der Stern zurück. Mit STOP hören Sie nichts mehr von uns."
        }
        TextKey::OptOut => "Wir rufen Sie nicht mehr an. Auf Wiederhören.",
        TextKey::AfterEnd => "Danke, wir haben alles.",
        TextKey::Cancelled => "In Ordnung, wir hören hier auf. Rufen Sie an, wann immer Sie möchten.",
        _ => return None,
    })
}
