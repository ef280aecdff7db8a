//! What agrees, refuses, turns around or leaves open, by language. Phrases are matched on plain words, longest first.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::understand::words;

/// What a phrase does to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Settles it: "yes".
    Yes,
    /// Settles it where nothing else does: "okay" agrees, "no, that's okay" does not.
    Fine,
    /// Settles it: "no".
    No,
    /// Speaks for it where nothing settles it: "sounds good".
    For,
    /// Speaks for it where nothing else is said: "I do", "please", "definitely" (but "definitely wrong" is a no).
    Assent,
    /// Speaks against it: "wrong".
    Against,
    /// Turns around what follows: "not".
    Not,
    /// Leaves it open: "maybe".
    Open,
    /// Looks like one of the others and is none: "no matter what".
    Nothing,
}

/// The phrases of one language by their first word, longest first.
pub(super) type Lexicon = HashMap<String, Vec<(Vec<String>, Mark)>>;

type Table = &'static [(Mark, &'static str)];

const EN: Table = &[
    (Mark::Fine, "ok|okay|okey|k|kk|okie|okay then|oki|certain|i am certain"),
    (
        Mark::Yes,
        "yes|y|yeah|yea|yep|yup|ya|yah|ys|yas|yess|yeap|yeh|yessir|ye|aye|sure|sure thing|of course|affirmative|roger|righto|you bet|by all means|agreed|i agree|correct|i confirm|i say yes|my answer is yes|uh huh|mhm|yes please|why not|i accept|bet|yass|ofc|very well",
    ),
    (
        Mark::No,
        "no|n|nope|nopes|no i dont need|nah|nay|naw|no way|negative|negatory|never|not at all|no thanks|no thank you|nada|not really|not now|not today|not yet|not right now|absolutely not|definitely not|certainly not|of course not|not interested|i disagree|i decline|ill pass|i will pass|hard pass|by no means|uh uh|nuh uh|no sir|i refuse|not a chance|no chance|not happening|under no circumstances|nein|no no|noo|nooo|not exactly|not quite|i think not|i dont think so|dont think so|not particularly|im good|not in the least|not ever",
    ),
    (
        Mark::For,
        "no i dont mind|no i do not mind|no i wouldnt mind|good|great|fine|perfect|right|true|proper|works|work|confirm|confirmed|sounds good|sounds great|go ahead|go for it|proceed|do it|im in|you got it|what i wanted|ill take|ill have|accurate|factual|fact|excellent|awesome|wonderful|cool|nice|love to|happy to|glad to|thats it|that is it|no problem|no worries|no issue|no issues|no objection|i dont mind|dont mind|wouldnt mind|not a problem|not an issue|i approve|approved|acceptable|all right|alright|that will do|thatll do|thats what i want|makes sense|as you wish|possible|interested|count me in|sign me up|make it happen|fair enough|suits me|valid|legit|affirm|agree|accept|amazing|fantastic|lovely|like that|thumbs up|comfortable|okay with|allow|allowed|buy it|book it|i think so|i guess so|i suppose so|guess so|think so|to a tee",
    ),
    (
        Mark::Against,
        "wrong|false|incorrect|untrue|bad|stop|cancel|refuse|decline|disagree|inaccurate|mistaken|error|impossible|skip|reject|rejected|dislike|hate|wont do|lie|a lie|unacceptable|forget it|disapprove|deny|unhappy|thumbs down|opposite|out of the question|bother|bothers|far from|fake|mistake|leave it|unnecessary|fallacy|fictional|bogus",
    ),
    (
        Mark::Not,
        "not|i do not|i will not|i would not|it is not|it does not|i have not|i can not|we do not|we are not|they are not|it was not|dont|do not|doesnt|does not|didnt|did not|isnt|is not|arent|are not|wasnt|aint|wont|will not|wouldnt|would not|cant|cannot|can not|couldnt|shouldnt|havent|hasnt|without|hardly|neither|nor|im not|i am not|id rather not|rather not|no longer|it isnt|nothing",
    ),
    (
        Mark::Open,
        "maybe|perhaps|not too sure|not to sure|not really sure|not sure about|am not sure|not completely certain|not entirely sure|not completely sure|not quite sure|not so sure|do not really know|dont really know|cant answer|do not know|sorry i do not know|i do not know|i dont know|yes or no|not sure|unsure|uncertain|not certain|dont know|do not know|dunno|idk|no idea|no clue|i wonder|possibly|depends|it depends|either|either way|hard to say|cant say|cannot say|could be|might|may be|might be|yes and no|cant decide|undecided|havent decided|not decided|dont have an answer|not positive|let me think|ill think|think about it|have to think|let me check|remind me|who knows|beats me|up in the air|on the fence|sort of|kind of|so so|if|unclear|not clear|dont have a clue|explain|no answer|dont have an opinion|no opinion|later|perchance|probably|doubtful|havent a clue|dont understand|not confident|toss up|no preference|dont care|anything|whatever|i hope|hopefully|wait|have a clue|havent got a clue|would have to|not have an answer|can go either|no definite|hmm|both|cant tell|cannot tell",
    ),
    (
        Mark::Nothing,
        "no matter|nice to see|enjoyable talking|great to speak|great speaking|great talking|grateful|enjoyed|right now|right away|all right then|right after|thank you|thanks|great conversation|good talking|nice talking|nice chatting|good chatting|good bye|good morning|good evening|good night|good day|appreciate|not only|nice to meet|much obliged",
    ),
    (
        Mark::Assent,
        "surely|certainly|absolutely|definitely|indeed|totally|totally yes|exactly|precisely|obviously|naturally|for sure|without a doubt|no doubt|it is|i do|i am|it does|i would|i will|i want|i wanna|id like|i would like|id love|i would love|i need|lets|please do|please|i can|i have|they are|we do|we are|we have|we would|it was|like to|i believe so",
    ),
];

const ES: Table = &[
    (
        Mark::Yes,
        "si|sip|sipi|claro|claro que si|por supuesto|vale|de acuerdo|correcto|exacto|exactamente|efectivamente|cierto|afirmativo|desde luego|ok|okay|bueno|dale|venga|obvio|como no|sin duda|asi es|estoy de acuerdo|acepto|confirmo|va|simon|si por favor|seguro|por que no|orale|listo",
    ),
    (
        Mark::No,
        "no|nop|nones|nunca|jamas|para nada|de ninguna manera|en absoluto|claro que no|negativo|no gracias|tampoco|ni hablar|no quiero|que va|por supuesto que no|creo que no|ahora no|todavia no|nel",
    ),
    (
        Mark::For,
        "bien|perfecto|verdad|genial|me parece bien|adelante|quiero|me gustaria|me interesa|excelente|esta bien|hazlo|es verdad|es cierto|no hay problema|sin problema|creo que si|me encantaria|por favor",
    ),
    (
        Mark::Against,
        "falso|mal|incorrecto|mentira|equivocado|erroneo|cancela|cancelar|imposible|paso|discrepo|rechazo",
    ),
    (Mark::Not, "sin"),
    (
        Mark::Open,
        "tal vez|quizas|quiza|no se|no lo se|no estoy seguro|no estoy segura|depende|a lo mejor|puede ser|ni idea|posiblemente|no sabria|mas o menos|si y no|probablemente",
    ),
];

const PT: Table = &[
    (
        Mark::Yes,
        "sim|s|claro|claro que sim|com certeza|certo|certamente|ok|okay|correto|exato|exatamente|isso|isso mesmo|concordo|confirmo|aceito|beleza|pode ser sim|positivo|de acordo|sem duvida|obvio|obviamente|ta bom|tudo bem|blz|uhum|aham|simm|por favor|afirmativo|pois sim|absolutamente sim|absolutamente|claro que quero",
    ),
    (
        Mark::No,
        "nao|n|nunca|jamais|de jeito nenhum|de modo nenhum|claro que nao|negativo|nao obrigado|nao obrigada|nem pensar|nem|agora nao|acho que nao|discordo|recuso|tampouco",
    ),
    (
        Mark::For,
        "bom|perfeito|verdade|otimo|pode|quero|gostaria|vamos|excelente|esta bem|sem problema|sem problemas|nao tem problema|acho que sim|legal|adoraria|verdadeiro",
    ),
    (Mark::Against, "falso|errado|incorreto|mentira|impossivel|cancela|cancelar|equivocado"),
    (Mark::Not, "sem"),
    (
        Mark::Open,
        "talvez|nao sei|nao tenho certeza|depende|quem sabe|pode ser|nao faco ideia|sei la|mais ou menos|provavelmente|possivelmente|sim e nao",
    ),
];

const FR: Table = &[
    (
        Mark::Yes,
        "oui|o|ouais|ouaip|mouais oui|bien sur|bien sur que oui|daccord|ok|okay|certainement|absolument|tout a fait|exact|exactement|effectivement|volontiers|evidemment|affirmatif|correct|si|sans doute|je confirme|jaccepte|entendu|yes|parfaitement|avec plaisir|carrement|oui merci",
    ),
    (
        Mark::No,
        "non|nan|nenni|jamais|pas du tout|absolument pas|bien sur que non|non merci|pas vraiment|negatif|certainement pas|en aucun cas|pas question|aucunement|pas maintenant|je refuse|pas encore|surtout pas",
    ),
    (
        Mark::For,
        "bien|parfait|vrai|cest vrai|cest bon|ca marche|ca me va|allez y|vas y|je veux|je voudrais|jaimerais|super|genial|pas de probleme|aucun probleme|sans probleme|je pense que oui|pourquoi pas|excellent|juste|svp|sil vous plait",
    ),
    (Mark::Against, "faux|mal|incorrect|mensonge|errone|annuler|annule|impossible|mauvais|inexact"),
    (Mark::Not, "pas|ne|n|sans"),
    (
        Mark::Open,
        "peut etre|je ne sais pas|je sais pas|jsp|pas sur|pas sure|ca depend|aucune idee|jignore|possible|possiblement|probablement|oui et non|je ne suis pas sur|chais pas",
    ),
];

const DE: Table = &[
    (
        Mark::Yes,
        "ja|j|jo|jep|jap|jawohl|klar|na klar|natürlich|sicher|selbstverständlich|auf jeden fall|gerne|gern|ok|okay|genau|stimmt|richtig|korrekt|einverstanden|absolut|bestimmt|aber ja|aber sicher|definitiv|ich stimme zu|jup|ja bitte|ja gerne|doch|in ordnung|freilich|bestätigt|das stimmt",
    ),
    (
        Mark::No,
        "nein|ne|nee|nö|nie|niemals|auf keinen fall|keinesfalls|nein danke|keineswegs|überhaupt nicht|gar nicht|nicht wirklich|natürlich nicht|noch nicht|jetzt nicht|ich lehne ab|kein interesse|nicht interessiert|sicher nicht|bestimmt nicht|mitnichten",
    ),
    (
        Mark::For,
        "gut|perfekt|wahr|super|prima|passt|mach das|ich will|ich möchte|ich hätte gern|kein problem|ich denke schon|ich glaube schon|toll|wunderbar|bitte|machen wir",
    ),
    (Mark::Against, "falsch|schlecht|inkorrekt|gelogen|unwahr|abbrechen|unmöglich"),
    (Mark::Not, "nicht|kein|keine|keinen|ohne"),
    (
        Mark::Open,
        "vielleicht|weiß nicht|ich weiß nicht|weiss nicht|keine ahnung|nicht sicher|kommt darauf an|kommt drauf an|eventuell|möglicherweise|mal sehen|wahrscheinlich|jein|unsicher|ja und nein|womöglich",
    ),
];

const HI: Table = &[
    (
        Mark::Yes,
        "हाँ|हां|हा|जी|जी हाँ|जी हां|हाँ जी|हां जी|बिल्कुल|बिलकुल|ठीक है|ठीक|सही|सही है|ज़रूर|जरूर|अवश्य|मंज़ूर|मंजूर|सहमत|बेशक|haan|han|ha|haa|haanji|haan ji|han ji|ji|ji haan|ji han|bilkul|thik hai|theek hai|thik|theek|sahi|sahi hai|zaroor|jarur|jaroor|zarur|acha|accha|achha|beshak|manzoor|hanji|ho|hnji|hmm haan|chalega|kar do|कर दो|चलेगा|पक्का|pakka",
    ),
    (
        Mark::No,
        "नहीं|नही|ना|न|मत|जी नहीं|बिल्कुल नहीं|बिलकुल नहीं|कभी नहीं|नहीं जी|असहमत|nahi|nahin|nai|na|naa|nhi|ji nahi|bilkul nahi|bilkul nahin|kabhi nahi|mat|mat karo|nahi ji|nahi chahiye|नहीं चाहिए|रहने दो|rehne do|abhi nahi|अभी नहीं|बिल्कुल भी नहीं|bilkul bhi nahi",
    ),
    (
        Mark::For,
        "अच्छा|चाहिए|chahiye|chahta hoon|chahte hain|badhiya|बढ़िया|koi baat nahi|koi dikkat nahi|कोई बात नहीं|कोई दिक्कत नहीं|सच|sach",
    ),
    (Mark::Against, "गलत|ग़लत|galat|झूठ|jhooth|jhuth"),
    (
        Mark::Open,
        "शायद|पता नहीं|पता नही|मालूम नहीं|कह नहीं सकता|कह नहीं सकते|shayad|pata nahi|pata nahin|pta nahi|malum nahi|ho sakta hai|हो सकता है|सोचता हूँ|sochna padega|dekhte hain|देखते हैं|सोचना पड़ेगा|यकीन नहीं|नहीं पता|nahi pata",
    ),
];

const IT: Table = &[
    (
        Mark::Yes,
        "si|certo|certamente|ok|va bene|daccordo|esatto|esattamente|sicuro|certo che si|assolutamente si|assolutamente|naturalmente|ovvio|ovviamente|corretto|confermo|accetto|concordo|senza dubbio|volentieri|giusto|come no|affermativo|indubbiamente",
    ),
    (
        Mark::No,
        "no|mai|assolutamente no|no grazie|per niente|niente affatto|affatto|certo che no|neanche|nemmeno|negativo|in nessun caso|non ora|non direi|non credo|non penso|dissento",
    ),
    (Mark::For, "bene|perfetto|vero|ottimo|voglio|vorrei|nessun problema|credo di si|penso di si|buono"),
    (Mark::Against, "falso|sbagliato|male|errato|scorretto|impossibile"),
    (Mark::Not, "non|senza"),
    (
        Mark::Open,
        "forse|non so|non lo so|non sono sicuro|non sono sicura|dipende|boh|chissa|magari|puo darsi|probabilmente|possibile|non saprei|si e no",
    ),
];

const NL: Table = &[
    (
        Mark::Yes,
        "ja|jawel|jazeker|zeker|natuurlijk|ok|oke|goed|akkoord|klopt|precies|correct|absoluut|graag|prima|inderdaad|uiteraard|vanzelfsprekend|jep|yep|mee eens|dat klopt|juist|ja hoor|tuurlijk|zeker weten",
    ),
    (
        Mark::No,
        "nee|neen|nooit|absoluut niet|zeker niet|nee dank je|nee bedankt|helemaal niet|niet echt|natuurlijk niet|geenszins|geen sprake van|nope|liever niet|nog niet",
    ),
    (Mark::For, "waar|perfect|ik wil|geen probleem|doe maar|ik denk het wel|leuk|mooi"),
    (Mark::Against, "onwaar|fout|verkeerd|onjuist|slecht|oneens"),
    (Mark::Not, "niet|geen|zonder"),
    (
        Mark::Open,
        "misschien|weet niet|ik weet het niet|weet ik niet|geen idee|hangt ervan af|niet zeker|wellicht|mogelijk|waarschijnlijk|ja en nee",
    ),
];

/// The phrases of a language; English for one that has no table.
pub(super) fn of(language: &str) -> &'static Lexicon {
    macro_rules! kept {
        ($table:expr) => {{
            static BUILT: LazyLock<Lexicon> = LazyLock::new(|| build($table));
            &BUILT
        }};
    }
    match language {
        "es" | "ca" => kept!(ES),
        "pt" => kept!(PT),
        "fr" => kept!(FR),
        "de" => kept!(DE),
        "hi" => kept!(HI),
        "it" => kept!(IT),
        "nl" => kept!(NL),
        _ => kept!(EN),
    }
}

fn build(table: Table) -> Lexicon {
    let mut lexicon = Lexicon::new();
    for (mark, phrases) in table {
        for phrase in phrases.split('|') {
            let mut parts: Vec<String> = words::words(phrase).into_iter().map(|word| word.plain).collect();
            let first = parts.remove(0);
            lexicon.entry(first).or_default().push((parts, *mark));
        }
    }
    for phrases in lexicon.values_mut() {
        phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }
    lexicon
}
