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
    }
}
