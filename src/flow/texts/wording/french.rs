//! Built-in texts in French.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "Désolé, je n'ai pas compris. Pouvez-vous le dire autrement ?",
        TextKey::RetryChoice => "Choisissez l'une de ces réponses ou envoyez son numéro.",
        TextKey::RetryChoices => {
            "Choisissez parmi ces réponses ; vous pouvez envoyer plusieurs numéros, par exemple 1, 3."
        }
        TextKey::RetryYesNo => "Répondez par oui ou par non, s'il vous plaît.",
        TextKey::RetryNumber => "Envoyez un nombre, par exemple 12.",
        TextKey::RetryMoney => "Envoyez un montant, par exemple 5000.",
        TextKey::RetryRange => "Envoyez une fourchette, par exemple de 1000 à 5000.",
        TextKey::RetryPhone => {
            "Cela ne ressemble pas à un numéro de téléphone. Envoyez-le avec l'indicatif, s'il vous plaît."
        }
        TextKey::RetryEmail => {
            "Cela ne ressemble pas à une adresse e-mail. Elle doit être comme nom@example.com."
        }
        TextKey::RetryDate => "Envoyez une date, par exemple le 14 mars ou demain.",
        TextKey::RetryTime => "Envoyez une heure, par exemple 15 h ou 15:00.",
        TextKey::RetryName => "Envoyez votre nom, s'il vous plaît.",
        TextKey::RetryPostcode => {
            "Cela ne ressemble pas à un code postal. Envoyez-le à nouveau, s'il vous plaît."
        }
        TextKey::RetryLocation => "Envoyez le nom d'un lieu ou partagez votre position.",
        TextKey::RetryConsent => {
            "Répondez clairement oui si vous êtes d'accord, ou non dans le cas contraire."
        }
        TextKey::RetryMedia => "Envoyez une image, un enregistrement ou un document.",
        TextKey::RetryLimits => {
            "Cela doit être{% if min %} au moins {{ min }}{% endif %}{% if min and max %} et{% endif %}{% if max %} au plus {{ max }}{% endif %}."
        }
        TextKey::BackNothing => "C'est la première question ; il n'y a rien avant.",
        TextKey::SkipNotAllowed => "Nous avons besoin d'une réponse à cette question, s'il vous plaît.",
        TextKey::Help => {
            "Vous pouvez simplement répondre, ou dire : retour, changer, passer, recommencer, langue ou conseiller. Dites STOP pour ne plus recevoir de messages."
        }
        TextKey::Human => "Je demande à une personne de vous recontacter.",
        TextKey::Restarted => "D'accord, recommençons.",
        TextKey::LanguageChanged => "D'accord, en français à partir de maintenant.",
        TextKey::LanguageUnknown => "Ici, je parle {{ languages }}.",
        TextKey::ChangedWhat => "Quelle réponse voulez-vous changer ? {{ questions }}",
        TextKey::AfterEnd => "Merci, nous avons tout. Dites recommencer pour reprendre au début.",
        TextKey::ChooseManyHint => "Vous pouvez en choisir plusieurs.",
        TextKey::OptionHint => "Répondez par un numéro ou par les mots.",
        TextKey::SkipHint => "Vous pouvez dire passer.",
        TextKey::YesNo => "Oui / Non",
        TextKey::Choose => "Choisir",
        TextKey::OptOut => {
            "Vous ne recevrez plus de messages de notre part. Écrivez START si vous changez d'avis."
        }
        TextKey::OptIn => "Bon retour ! Vous recevrez à nouveau nos messages.",
        TextKey::HelpContact => "Ici {{ title }}. Répondez STOP pour ne plus recevoir de messages.",
        TextKey::Apology => "Désolé, un problème est survenu de notre côté. Réessayez dans un instant.",
        TextKey::Cancelled => "D'accord, nous nous arrêtons là. Écrivez-nous quand vous voulez.",
    }
}
