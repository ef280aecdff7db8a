//! The phrases of each request by language.

use super::{Command, LazyLock, Phrases, words};

type Table = &'static [(Command, &'static str)];

const EN: Table = &[
    (
        Command::Back,
        "back|go back|undo|previous|previous question|take that back|go back one|step back|one step back|back one step|last question|go to the previous question|go to previous question|undo that|change my last answer|change my previous answer|change my answer|i made a mistake|that was wrong|wrong answer|i made an error|change last answer|correct my last answer",
    ),
    (
        Command::Change,
        "change|change answer|change an answer|change something|edit|edit an answer|edit my answers|change my answers",
    ),
    (
        Command::Restart,
        "restart|start over|start again|begin again|start from the beginning|start from scratch|reset|start afresh|from the beginning|restart the conversation|lets start over|startover|do over|over again|begin from the start|start all over|start all over again",
    ),
    (
        Command::Skip,
        "skip|skip this|skip it|skip this one|skip that|skip question|skip this question|skip the question|pass|next|next question|leave it blank|leave blank|id rather not say|i would rather not say|rather not say|prefer not to say|i prefer not to say|id prefer not to say|move on|ask me something else|dont want to answer|i dont want to answer|i dont want to say|not telling|none of your business|no comment|pass on this|skip for now|id rather not|not answering that",
    ),
    (
        Command::Help,
        "help|help me|what can you do|what can i do|what can i do here|what can i say|what are my options|options|menu|how does this work|commands|what are you|what can i ask|what can i ask you|who are you|i need help|i need some help|help please|what do you do|how do i use this|how can you help|how can you help me|what can you help me with|what can you help with|instructions|what are the commands|info|what should i say|what now|i am stuck|im stuck|what topics can i ask you about|what subjects are you familiar with|what things can you do|what things are you able to help me with|what can i ask you about|what sort of things are you able to help with|what do you know|what are your capabilities|can you help me|how do you work",
    ),
    (
        Command::Human,
        "human|agent|person|real person|a real person|operator|representative|live agent|live person|customer service|customer support|support|speak to a human|talk to a human|speak to a person|talk to a person|talk to a real person|speak to a real person|speak with a human|speak with a person|talk with a person|speak to someone|talk to someone|speak with someone|talk to an agent|speak to an agent|speak with an agent|talk to a representative|speak to a representative|speak to a manager|talk to a manager|speak to the manager|speak with your manager|manager|supervisor|get me a human|get me a person|human please|connect me to an agent|connect me to a human|connect me with a human|connect me to a person|transfer me|connect me to someone|chat with a human|chat with a person|call center|a human|human agent|i hate bots|this is not working|this isnt working|you are useless|talk to your manager|live chat|someone real|an actual person|actual person|this is frustrating|this is really frustrating|speak to somebody|talk to somebody|talk to a live person|speak to a live agent|speak to an operator|talk to an operator|talk to a live agent|reception|receptionist|put me through to someone|put me through to a human|you dont understand|you dont understand me|you are not helping|this bot is useless|this conversation is not working|not talking to a machine|talk to a bot",
    ),
    (
        Command::Language,
        "language|languages|change language|change the language|other language|another language|switch language|change my language|different language|what languages do you speak|do you speak other languages|edit the language|choose language|select language|switch languages|change languages",
    ),
    (
        Command::Repeat,
        "repeat|repeat that|repeat it|say that again|say it again|come again|again|what did you say|what was that|pardon|pardon me|i beg your pardon|beg your pardon|one more time|what was the question|repeat the question|repeat question|say again|excuse me|i didnt hear you|i didnt hear that|i didnt catch that|didnt catch that|i didnt get that|once more|what were you saying|what did you just say|what was your question|ask again|ask me again|ask the question again|say that one more time|repeat yourself|repeat what you said|what were you just saying|say that once more|i missed that|i missed what you said|could you repeat|can you repeat|hear that again|what do you mean|what you said|repeat what you just said|i couldnt hear you|i cant hear you|what is the question|whats the question|whats that",
    ),
    (
        Command::NoPreference,
        "i dont mind|dont mind|no preference|i have no preference|any|anything|anything is fine|whatever|doesnt matter|it doesnt matter|i dont care|dont care|anyone|either|either is fine|either one|up to you|you choose|you decide|any of them|any is fine|anytime|any time|no particular preference|not fussy|im easy|im flexible|flexible|all the same to me|makes no difference|not bothered|im not bothered|surprise me|whichever|any will do|anything works|anything will do|open to anything|im open",
    ),
    (
        Command::Cancel,
        "cancel|cancel that|cancel it|never mind|nevermind|forget it|forget that|abort|exit|quit it|stop it|stop talking|leave|i want to leave|not interested anymore|i changed my mind|leave me alone|enough|thats enough|cancel this|cancel everything|cancel please|stop this|halt|shut up|be quiet|im done|i am done|i dont want to continue|i dont want to do this|stop asking|stop asking me|no more questions|let it go|end this|end the conversation|end conversation|end chat|end this chat|forget about it|drop it|cancel action|cancel the action|cancel that action|nvm|stop right there|stop talking to me|quit talking|stop please stop|discontinue|terminate",
    ),
];
const ES: Table = &[
    (
        Command::Back,
        "atras|volver|volver atras|regresar|anterior|deshacer|pregunta anterior|retroceder|ir atras|vuelve atras|me equivoque|regresa",
    ),
    (Command::Change, "cambiar|cambiar respuesta|cambiar mi respuesta|cambiar una respuesta|corregir|editar"),
    (
        Command::Restart,
        "reiniciar|empezar de nuevo|comenzar de nuevo|volver a empezar|desde el principio|empezar otra vez|reinicia|empecemos de nuevo",
    ),
    (
        Command::Skip,
        "saltar|omitir|pasar|saltar pregunta|siguiente|siguiente pregunta|paso|saltar esta|omitir esta pregunta|prefiero no decir|prefiero no decirlo|prefiero no responder|saltarla|salta|no quiero responder",
    ),
    (
        Command::Help,
        "ayuda|ayudame|ayudeme|que puedo hacer|opciones|menu|como funciona|como funciona esto|que puedes hacer|necesito ayuda|que puedo decir|instrucciones",
    ),
    (
        Command::Human,
        "humano|persona|agente|asesor|operador|hablar con una persona|hablar con alguien|hablar con un agente|hablar con un humano|persona real|una persona real|atencion al cliente|representante|hablar con un asesor|un agente|una persona|un humano|asesor humano|hablar con un representante|soporte|pasame con alguien|pasame con una persona|ejecutivo",
    ),
    (
        Command::Language,
        "idioma|cambiar idioma|cambiar de idioma|otro idioma|lenguaje|cambiar el idioma|lengua",
    ),
    (
        Command::Repeat,
        "repetir|repite|repita|otra vez|como|perdon|que dijiste|puedes repetir|puede repetir|repitelo|repetir la pregunta|cual era la pregunta|repite la pregunta|que|mande|no entendi|una vez mas",
    ),
    (
        Command::NoPreference,
        "me da igual|da igual|no importa|cualquiera|lo que sea|sin preferencia|no tengo preferencia|cualquier cosa|me es igual|es igual|cualquiera esta bien|tu decides",
    ),
    (
        Command::Cancel,
        "cancelar|cancela|olvidalo|dejalo|no importa ya|salir|terminar|ya no|abandonar|cancele|ya basta",
    ),
];
const PT: Table = &[
    (Command::Back, "voltar|volta|anterior|desfazer|pergunta anterior|volte|retornar|errei"),
    (Command::Change, "mudar|alterar|mudar resposta|alterar resposta|corrigir|editar|mudar minha resposta"),
    (
        Command::Restart,
        "reiniciar|recomecar|comecar de novo|comecar novamente|do comeco|do inicio|comecar do zero|reinicia",
    ),
    (
        Command::Skip,
        "pular|pula|passar|proxima|proxima pergunta|pular pergunta|prefiro nao dizer|prefiro nao responder|pular esta|seguinte|pule|nao quero responder",
    ),
    (
        Command::Help,
        "ajuda|me ajuda|me ajude|ajudar|opcoes|menu|como funciona|o que posso fazer|o que voce faz|preciso de ajuda|socorro|instrucoes",
    ),
    (
        Command::Human,
        "humano|pessoa|atendente|agente|operador|falar com uma pessoa|falar com atendente|falar com um atendente|falar com alguem|falar com um humano|pessoa real|uma pessoa|atendimento|representante|suporte|falar com uma pessoa real|um atendente",
    ),
    (
        Command::Language,
        "idioma|lingua|mudar idioma|mudar o idioma|mudar de idioma|outro idioma|trocar idioma|trocar de idioma",
    ),
    (
        Command::Repeat,
        "repetir|repete|repita|de novo|outra vez|como|pode repetir|o que voce disse|nao entendi|mais uma vez|qual era a pergunta|repete a pergunta",
    ),
    (
        Command::NoPreference,
        "tanto faz|qualquer um|qualquer uma|nao importa|sem preferencia|qualquer coisa|indiferente|nao tenho preferencia|voce decide|voce escolhe",
    ),
    (Command::Cancel, "cancelar|cancela|esquece|deixa pra la|sair|encerrar|desistir|cancele|chega|deixa"),
];
const FR: Table = &[
    (
        Command::Back,
        "retour|revenir|precedent|question precedente|annuler la reponse|retour en arriere|revenir en arriere|je me suis trompe",
    ),
    (Command::Change, "changer|modifier|corriger|changer ma reponse|modifier ma reponse|changer une reponse"),
    (
        Command::Restart,
        "recommencer|redemarrer|reprendre au debut|depuis le debut|tout recommencer|repartir de zero|recommence",
    ),
    (
        Command::Skip,
        "passer|suivant|question suivante|sauter|je passe|passe|ignorer|je prefere ne pas dire|je prefere ne pas repondre|passer cette question|passons",
    ),
    (
        Command::Help,
        "aide|aidez moi|aide moi|au secours|options|menu|comment ca marche|que puis je faire|que puis je dire|que pouvez vous faire|besoin daide|jai besoin daide|instructions",
    ),
    (
        Command::Human,
        "humain|personne|agent|conseiller|operateur|parler a quelquun|parler a un humain|parler a une personne|parler a un conseiller|parler a un agent|une vraie personne|vraie personne|un humain|service client|un conseiller|un agent|representant|parler avec quelquun",
    ),
    (Command::Language, "langue|changer de langue|changer la langue|autre langue|une autre langue"),
    (
        Command::Repeat,
        "repeter|repetez|repete|encore|pardon|comment|vous pouvez repeter|pouvez vous repeter|tu peux repeter|quelle etait la question|encore une fois|quoi|je nai pas compris",
    ),
    (
        Command::NoPreference,
        "peu importe|ca mest egal|nimporte|nimporte lequel|nimporte laquelle|pas de preference|aucune preference|sans preference|comme vous voulez|egal|nimporte quoi",
    ),
    (
        Command::Cancel,
        "annuler|annule|laisse tomber|laissez tomber|oublie|oubliez|quitter|abandonner|terminer|tant pis|ca suffit",
    ),
];
const DE: Table = &[
    (
        Command::Back,
        "zurück|zurueck|geh zurück|einen schritt zurück|vorherige frage|rückgängig|vorherige|ich habe mich vertan",
    ),
    (Command::Change, "ändern|aendern|antwort ändern|korrigieren|meine antwort ändern|bearbeiten"),
    (
        Command::Restart,
        "neustart|neu starten|von vorne|von vorn|nochmal von vorne|neu anfangen|von neuem|von vorne anfangen|von anfang an",
    ),
    (
        Command::Skip,
        "überspringen|ueberspringen|weiter|nächste|nächste frage|auslassen|frage überspringen|möchte ich nicht sagen|möchte ich nicht beantworten|keine angabe|das überspringe ich",
    ),
    (
        Command::Help,
        "hilfe|hilf mir|optionen|menü|wie funktioniert das|was kann ich tun|was kannst du|was kann ich sagen|ich brauche hilfe|anleitung|helfen sie mir",
    ),
    (
        Command::Human,
        "mensch|mitarbeiter|person|echter mensch|echte person|berater|mit einem menschen sprechen|mit jemandem sprechen|mit einem mitarbeiter sprechen|kundendienst|kundenservice|ein mensch|einen menschen|support|operator|mit einer person sprechen|mit einem berater sprechen",
    ),
    (Command::Language, "sprache|sprache ändern|sprache wechseln|andere sprache|eine andere sprache"),
    (
        Command::Repeat,
        "wiederholen|nochmal|noch einmal|wie bitte|bitte wiederholen|was hast du gesagt|wiederhole das|wiederhole|können sie das wiederholen|kannst du das wiederholen|was war die frage|frage wiederholen|wie war die frage",
    ),
    (
        Command::NoPreference,
        "egal|ist mir egal|mir egal|ganz egal|spielt keine rolle|keine präferenz|irgendeins|irgendeine|egal was|mir gleich|das ist mir egal|keine vorliebe",
    ),
    (
        Command::Cancel,
        "abbrechen|abbruch|vergiss es|vergessen sie es|lass es|beenden|aufhören|schluss|lassen wir das",
    ),
];
const HI: Table = &[
    (
        Command::Back,
        "पीछे|वापस|पीछे जाओ|वापस जाओ|पिछला|पिछला सवाल|peeche|piche|wapas|vapas|peeche jao|wapas jao|pichla|pichla sawal|piche jao|vapas jao",
    ),
    (
        Command::Change,
        "बदलें|बदलिए|बदलो|बदलना है|बदलना|जवाब बदलना है|जवाब बदलो|badlo|badalna hai|badalna|jawab badlo|jawab badalna hai|change karna hai",
    ),
    (
        Command::Restart,
        "फिर से शुरू करो|शुरू से|दोबारा शुरू करो|फिर से शुरू|नए सिरे से|phir se shuru karo|fir se shuru karo|shuru se|dobara shuru karo|phir se shuru|fir se shuru|restart karo|naye sire se",
    ),
    (
        Command::Skip,
        "छोड़ें|छोड़ दें|छोड़िए|छोड़ो|छोड़ दो|अगला|अगला सवाल|आगे बढ़ो|रहने दीजिए|नहीं बताना|chhodo|chodo|chhod do|chod do|agla|agla sawal|aage badho|skip karo|nahi batana|aage|skip kar do|aage chalo",
    ),
    (
        Command::Help,
        "मदद|मदद करो|सहायता|मेरी मदद करो|मदद चाहिए|क्या कर सकते हो|madad|madad karo|sahayata|meri madad karo|madad chahiye|help karo|kya kar sakte ho|help chahiye",
    ),
    (
        Command::Human,
        "इंसान|एजेंट|किसी से बात करनी है|किसी से बात कराओ|इंसान से बात करनी है|आदमी से बात करनी है|insaan|insan|agent se baat karni hai|kisi se baat karni hai|kisi se baat karao|insaan se baat karni hai|insan se baat karni hai|aadmi se baat karni hai|agent se baat|kisi insaan se baat karni hai|customer care|agent se baat karao|किसी इंसान से बात करनी है|असली इंसान",
    ),
    (
        Command::Language,
        "भाषा|भाषा बदलो|भाषा बदलें|दूसरी भाषा|bhasha|bhasha badlo|language badlo|dusri bhasha|doosri bhasha",
    ),
    (
        Command::Repeat,
        "दोहराओ|फिर से बोलो|दोबारा बोलो|फिर से|क्या कहा|दोबारा|दोहराइए|dohrao|phir se bolo|fir se bolo|dobara bolo|phir se|fir se|kya kaha|dobara|kya bola|samajh nahi aaya|समझ नहीं आया|repeat karo",
    ),
    (
        Command::NoPreference,
        "कोई भी|कुछ भी|फर्क नहीं पड़ता|कोई फर्क नहीं पड़ता|koi bhi|kuch bhi|fark nahi padta|koi fark nahi padta|koi bhi chalega|kuch bhi chalega|jo aap chaho",
    ),
    (Command::Cancel, "रद्द करो|रद्द|बंद करो|जाने दो|radd karo|cancel karo|band karo|jaane do|jane do|radd"),
];

/// The phrases of a language; of English where it has no table.
pub(super) fn of(language: &str) -> &'static Phrases {
    macro_rules! kept {
        ($table:expr) => {{
            static BUILT: LazyLock<Phrases> = LazyLock::new(|| build($table));
            &BUILT
        }};
    }
    match language {
        "es" => kept!(ES),
        "pt" => kept!(PT),
        "fr" => kept!(FR),
        "de" => kept!(DE),
        "hi" => kept!(HI),
        _ => kept!(EN),
    }
}

fn build(table: Table) -> Phrases {
    table
        .iter()
        .flat_map(|(command, phrases)| phrases.split('|').map(|phrase| (words::phrase(phrase), *command)))
        .collect()
}
