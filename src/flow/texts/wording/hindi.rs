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
    }
}
