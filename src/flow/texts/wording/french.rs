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
        TextKey::CallPress => "Pour {{ option }}, tapez {{ key }}.",
        TextKey::CallMore => "Pour d'autres choix, tapez {{ key }}.",
        TextKey::CallFurther => "Voici la suite.",
        TextKey::CallYesNo => "Tapez 1 pour oui, 2 pour non.",
        TextKey::CallPick => "Tapez les chiffres de tout ce qui convient, puis dièse.",
        TextKey::CallKeys => "Vous pouvez aussi le taper ; terminez par dièse.",
        TextKey::CallKeysDate => {
            "Vous pouvez aussi taper {% if order == 'mdy' %}mois, jour et année{% elif order == 'ymd' %}année, mois et jour{% else %}jour, mois et année{% endif %} en huit chiffres."
        }
        TextKey::CallKeysTime => "Vous pouvez aussi taper l'heure et les minutes en quatre chiffres.",
        TextKey::CallKeysDatetime => {
            "Vous pouvez aussi taper {% if order == 'mdy' %}mois, jour et année{% elif order == 'ymd' %}année, mois et jour{% else %}jour, mois et année{% endif %} en huit chiffres, puis l'heure et les minutes en quatre."
        }
        TextKey::CallConfirm => "J'ai compris : {{ heard }}. Est-ce exact ? Tapez 1 pour oui, 2 pour non.",
        TextKey::CallWrong => "Pardon. Encore une fois, s'il vous plaît.",
        TextKey::CallSpell => "Pardon. Cette fois, épelez, lettre par lettre, par exemple : M comme Marie.",
        TextKey::CallUnheard => "Je n'ai rien entendu.",
        TextKey::CallDead => {
            "Je ne vous entends toujours pas, je raccroche donc. Rappelez et nous reprendrons ici. Au revoir."
        }
        TextKey::CallOver => "Cet appel doit se terminer. Rappelez et nous reprendrons ici. Au revoir.",
        TextKey::CallResumed => "Bon retour ! Nous reprenons là où nous nous étions arrêtés.",
        TextKey::CallTransfer => "Un instant, s'il vous plaît. Je vous passe quelqu'un.",
        TextKey::CallNobody => "Désolé, personne ne peut prendre votre appel pour le moment.",
        TextKey::CallBye => "Au revoir.",
        TextKey::CallContinued => "Notre appel a été coupé. Vous pouvez continuer ici :",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "Choisissez une de ces réponses ou tapez son chiffre.",
        TextKey::RetryChoices => {
            "Choisissez parmi celles-ci ; vous pouvez en nommer plusieurs ou taper leurs chiffres."
        }
        TextKey::RetryNumber => "Dites un nombre, par exemple 12, ou tapez-le.",
        TextKey::RetryMoney => "Dites un montant, par exemple 5000, ou tapez-le.",
        TextKey::RetryRange => "Dites de combien à combien, par exemple de 1000 à 5000.",
        TextKey::RetryPhone => {
            "Cela ne ressemble pas à un numéro de téléphone. Dites-le avec son indicatif ou tapez-le."
        }
        TextKey::RetryEmail => {
            "Cela ne ressemble pas à une adresse e-mail. Elle devrait être comme nom arobase exemple point com."
        }
        TextKey::RetryDate => "Dites une date, par exemple le 14 mars ou demain.",
        TextKey::RetryTime => "Dites une heure, par exemple 15 heures.",
        TextKey::RetryName => "Dites votre nom.",
        TextKey::RetryPostcode => {
            "Cela ne ressemble pas à un code postal. Dites-le encore une fois ou tapez-le."
        }
        TextKey::RetryLocation => "Dites le nom d'un lieu.",
        TextKey::RetryMedia => "Cela ne peut pas être envoyé par téléphone.",
        TextKey::Help => {
            "Vous pouvez simplement répondre, ou dire : retour, répéter, changer, passer, recommencer, langue ou conseiller. Au clavier, étoile revient en arrière. Dites STOP pour ne plus recevoir d'appels."
        }
        TextKey::OptOut => "Nous ne vous appellerons plus. Au revoir.",
        TextKey::AfterEnd => "Merci, nous avons tout.",
        TextKey::Cancelled => "D'accord, nous nous arrêtons là. Appelez quand vous voulez.",
        _ => return None,
    })
}
