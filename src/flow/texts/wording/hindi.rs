//! Built-in texts in Hindi.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "माफ़ कीजिए, मैं समझ नहीं पाया। क्या आप इसे दूसरे शब्दों में कह सकते हैं?",
        TextKey::RetryChoice => "कृपया इनमें से एक चुनें, या उसका नंबर भेजें।",
        TextKey::RetryChoices => "कृपया इनमें से चुनें; आप कई नंबर भेज सकते हैं, जैसे 1, 3।",
        TextKey::RetryYesNo => "कृपया हाँ या नहीं में जवाब दें।",
        TextKey::RetryNumber => "कृपया एक संख्या भेजें, जैसे 12।",
        TextKey::RetryMoney => "कृपया एक रक़म भेजें, जैसे 5000।",
        TextKey::RetryRange => "कृपया एक सीमा भेजें, जैसे 1000 से 5000।",
        TextKey::RetryPhone => "यह फ़ोन नंबर नहीं लगता। कृपया इसे एरिया कोड के साथ भेजें।",
        TextKey::RetryEmail => "यह ई-मेल पता नहीं लगता। वह name@example.com जैसा होना चाहिए।",
        TextKey::RetryDate => "कृपया एक तारीख़ भेजें, जैसे 14 मार्च या कल।",
        TextKey::RetryTime => "कृपया समय भेजें, जैसे दोपहर 3 बजे या 15:00।",
        TextKey::RetryName => "कृपया अपना नाम भेजें।",
        TextKey::RetryPostcode => "यह पिन कोड नहीं लगता। कृपया फिर से भेजें।",
        TextKey::RetryLocation => "कृपया किसी जगह का नाम भेजें, या अपनी लोकेशन साझा करें।",
        TextKey::RetryConsent => "सहमत हों तो साफ़ हाँ कहें, नहीं तो नहीं कहें।",
        TextKey::RetryMedia => "कृपया एक तस्वीर, रिकॉर्डिंग या दस्तावेज़ भेजें।",
        TextKey::RetryLimits => {
            "यह{% if min %} कम से कम {{ min }}{% endif %}{% if min and max %} और{% endif %}{% if max %} ज़्यादा से ज़्यादा {{ max }}{% endif %} होना चाहिए।"
        }
        TextKey::BackNothing => "यह पहला सवाल है; इससे पीछे कुछ नहीं है।",
        TextKey::SkipNotAllowed => "इस सवाल का जवाब ज़रूरी है।",
        TextKey::Help => {
            "आप सीधे जवाब दे सकते हैं, या कहें: पीछे, बदलें, छोड़ें, फिर से शुरू, भाषा या इंसान। हमारे संदेश बंद करने के लिए STOP लिखें।"
        }
        TextKey::Human => "मैं किसी व्यक्ति से आपसे संपर्क करने को कहता हूँ।",
        TextKey::Restarted => "ठीक है, फिर से शुरू करते हैं।",
        TextKey::LanguageChanged => "ठीक है, अब से हिन्दी में।",
        TextKey::LanguageUnknown => "यहाँ मैं {{ languages }} बोल सकता हूँ।",
        TextKey::ChangedWhat => "आप कौन सा जवाब बदलना चाहते हैं? {{ questions }}",
        TextKey::AfterEnd => "धन्यवाद, हमारे पास सब कुछ है। फिर से शुरू करने के लिए \"फिर से शुरू\" लिखें।",
        TextKey::ChooseManyHint => "आप एक से ज़्यादा चुन सकते हैं।",
        TextKey::OptionHint => "नंबर या शब्दों में जवाब दें।",
        TextKey::SkipHint => "आप \"छोड़ें\" कह सकते हैं।",
        TextKey::YesNo => "हाँ / नहीं",
        TextKey::Choose => "चुनें",
        TextKey::OptOut => "अब आपको हमारे संदेश नहीं मिलेंगे। मन बदले तो START लिखें।",
        TextKey::OptIn => "आपका फिर से स्वागत है! आपको फिर से हमारे संदेश मिलेंगे।",
        TextKey::HelpContact => "यह {{ title }} है। संदेश बंद करने के लिए STOP लिखें।",
        TextKey::Apology => "माफ़ कीजिए, हमारी तरफ़ से कुछ गड़बड़ हुई। कृपया थोड़ी देर में फिर कोशिश करें।",
        TextKey::Cancelled => "ठीक है, हम यहीं रुकते हैं। जब चाहें फिर लिखिए।",
        TextKey::CallPress => "{{ option }} के लिए {{ key }} दबाएँ।",
        TextKey::CallMore => "और विकल्पों के लिए {{ key }} दबाएँ।",
        TextKey::CallFurther => "और विकल्प ये हैं।",
        TextKey::CallYesNo => "हाँ के लिए 1, नहीं के लिए 2 दबाएँ।",
        TextKey::CallPick => "जो-जो लागू हो उनके नंबर दबाएँ, फिर हैश दबाएँ।",
        TextKey::CallKeys => "आप इसे दबाकर भी बता सकते हैं; अंत में हैश दबाएँ।",
        TextKey::CallKeysDate => {
            "आप {% if order == 'mdy' %}महीना, दिन और साल{% elif order == 'ymd' %}साल, महीना और दिन{% else %}दिन, महीना और साल{% endif %} आठ अंकों में दबा भी सकते हैं।"
        }
        TextKey::CallKeysTime => "आप घंटा और मिनट चार अंकों में दबा भी सकते हैं।",
        TextKey::CallKeysDatetime => {
            "आप {% if order == 'mdy' %}महीना, दिन और साल{% elif order == 'ymd' %}साल, महीना और दिन{% else %}दिन, महीना और साल{% endif %} आठ अंकों में, फिर घंटा और मिनट चार अंकों में दबा भी सकते हैं।"
        }
        TextKey::CallConfirm => "मैंने समझा: {{ heard }}। क्या यह सही है? हाँ के लिए 1, नहीं के लिए 2 दबाएँ।",
        TextKey::CallWrong => "माफ़ कीजिए। कृपया एक बार फिर।",
        TextKey::CallSpell => "माफ़ कीजिए। इस बार कृपया एक-एक अक्षर बोलें, जैसे: M as in Mumbai.",
        TextKey::CallUnheard => "मुझे कुछ सुनाई नहीं दिया।",
        TextKey::CallDead => {
            "मुझे अब भी सुनाई नहीं दे रहा, इसलिए मैं फ़ोन रख रहा हूँ। फिर फ़ोन करें, हम यहीं से आगे बढ़ेंगे। नमस्ते।"
        }
        TextKey::CallOver => "यह कॉल अब समाप्त होती है। फिर फ़ोन करें, हम यहीं से आगे बढ़ेंगे। नमस्ते।",
        TextKey::CallResumed => "फिर से स्वागत है! हम वहीं से आगे बढ़ते हैं जहाँ रुके थे।",
        TextKey::CallTransfer => "एक क्षण रुकिए, मैं आपकी बात करवाता हूँ।",
        TextKey::CallNobody => "माफ़ कीजिए, अभी कोई आपका फ़ोन नहीं ले सकता।",
        TextKey::CallBye => "नमस्ते।",
        TextKey::CallContinued => "हमारी कॉल कट गई। आप यहाँ आगे बढ़ सकते हैं:",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "कृपया इनमें से एक चुनें, या उसका नंबर दबाएँ।",
        TextKey::RetryChoices => "कृपया इनमें से चुनें; आप कई बता सकते हैं, या उनके नंबर दबा सकते हैं।",
        TextKey::RetryNumber => "कृपया एक संख्या बोलें, जैसे 12, या दबाएँ।",
        TextKey::RetryMoney => "कृपया एक रकम बोलें, जैसे 5000, या दबाएँ।",
        TextKey::RetryRange => "कृपया बोलें कितने से कितने तक, जैसे 1000 से 5000।",
        TextKey::RetryPhone => "यह फ़ोन नंबर नहीं लगता। कृपया इसे फिर बोलें या दबाएँ।",
        TextKey::RetryEmail => "यह ई-मेल पता नहीं लगता। यह ऐसा होना चाहिए: name at example dot com.",
        TextKey::RetryDate => "कृपया एक तारीख बोलें, जैसे 14 मार्च या कल।",
        TextKey::RetryTime => "कृपया एक समय बोलें, जैसे दोपहर 3 बजे।",
        TextKey::RetryName => "कृपया अपना नाम बोलें।",
        TextKey::RetryPostcode => "यह पिन कोड नहीं लगता। कृपया फिर बोलें, या दबाएँ।",
        TextKey::RetryLocation => "कृपया किसी जगह का नाम बोलें।",
        TextKey::RetryMedia => "यह फ़ोन पर नहीं भेजा जा सकता।",
        TextKey::Help => {
            "आप सीधे जवाब दे सकते हैं, या कहें: पीछे, दोहराओ, बदलें, छोड़ें, फिर से शुरू, भाषा या इंसान। फ़ोन पर तारा दबाने से पीछे जाते हैं। हमारे फ़ोन बंद करने के लिए STOP कहें।"
        }
        TextKey::OptOut => "अब हम आपको फ़ोन नहीं करेंगे। नमस्ते।",
        TextKey::AfterEnd => "धन्यवाद, हमें सब मिल गया।",
        TextKey::Cancelled => "ठीक है, हम यहीं रुकते हैं। जब चाहें फ़ोन करें।",
        _ => return None,
    })
}
