//! Built-in texts in Portuguese.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "Desculpe, não entendi. Pode dizer de outra forma?",
        TextKey::RetryChoice => "Escolha uma destas opções ou envie o número dela.",
        TextKey::RetryChoices => "Escolha entre estas opções; pode enviar vários números, por exemplo 1, 3.",
        TextKey::RetryYesNo => "Responda sim ou não, por favor.",
        TextKey::RetryNumber => "Envie um número, por exemplo 12.",
        TextKey::RetryMoney => "Envie um valor, por exemplo 5000.",
        TextKey::RetryRange => "Envie um intervalo, por exemplo de 1000 a 5000.",
        TextKey::RetryPhone => {
            "Isso não parece um número de telefone. Envie-o com o código de área, por favor."
        }
        TextKey::RetryEmail => "Isso não parece um e-mail. Deve ser como nome@example.com.",
        TextKey::RetryDate => "Envie uma data, por exemplo 14 de março ou amanhã.",
        TextKey::RetryTime => "Envie um horário, por exemplo 3 da tarde ou 15:00.",
        TextKey::RetryName => "Envie o seu nome, por favor.",
        TextKey::RetryPostcode => "Isso não parece um código postal. Envie-o de novo, por favor.",
        TextKey::RetryLocation => "Envie o nome de um lugar ou partilhe a sua localização.",
        TextKey::RetryConsent => "Responda com um sim claro se concorda, ou não se não concorda.",
        TextKey::RetryMedia => "Envie uma imagem, uma gravação ou um documento.",
        TextKey::RetryLimits => {
            "Deve ser{% if min %} no mínimo {{ min }}{% endif %}{% if min and max %} e{% endif %}{% if max %} no máximo {{ max }}{% endif %}."
        }
        TextKey::BackNothing => "Esta é a primeira pergunta; não há para onde voltar.",
        TextKey::SkipNotAllowed => "Precisamos de uma resposta a esta pergunta, por favor.",
        TextKey::Help => {
            "Pode simplesmente responder ou dizer: voltar, mudar, pular, recomeçar, idioma ou pessoa. Diga STOP para não receber mais mensagens."
        }
        TextKey::Human => "Vou pedir a uma pessoa que entre em contacto consigo.",
        TextKey::Restarted => "Certo, vamos recomeçar.",
        TextKey::LanguageChanged => "Certo, a partir de agora em português.",
        TextKey::LanguageUnknown => "Aqui posso falar {{ languages }}.",
        TextKey::ChangedWhat => "Que resposta quer mudar? {{ questions }}",
        TextKey::AfterEnd => "Obrigado, já temos tudo. Diga recomeçar para começar de novo.",
        TextKey::ChooseManyHint => "Pode escolher mais de uma.",
        TextKey::OptionHint => "Responda com um número ou com as palavras.",
        TextKey::SkipHint => "Pode dizer pular.",
        TextKey::YesNo => "Sim / Não",
        TextKey::Choose => "Escolher",
        TextKey::OptOut => "Não receberá mais mensagens nossas. Escreva START se mudar de ideias.",
        TextKey::OptIn => "Bem-vindo de volta! Voltará a receber as nossas mensagens.",
        TextKey::HelpContact => "Aqui é {{ title }}. Responda STOP para não receber mais mensagens.",
        TextKey::Apology => "Desculpe, algo correu mal do nosso lado. Tente de novo daqui a pouco.",
        TextKey::Cancelled => "Está bem, ficamos por aqui. Escreva-nos quando quiser.",
        TextKey::CallPress => "Para {{ option }}, tecle {{ key }}.",
        TextKey::CallMore => "Para mais opções, tecle {{ key }}.",
        TextKey::CallFurther => "Aqui estão mais.",
        TextKey::CallYesNo => "Tecle 1 para sim, 2 para não.",
        TextKey::CallPick => "Tecle os números de tudo o que se aplica e depois cerquilha.",
        TextKey::CallKeys => "Você também pode digitar; termine com cerquilha.",
        TextKey::CallKeysDate => {
            "Você também pode digitar {% if order == 'mdy' %}mês, dia e ano{% elif order == 'ymd' %}ano, mês e dia{% else %}dia, mês e ano{% endif %} com oito algarismos."
        }
        TextKey::CallKeysTime => "Você também pode digitar hora e minutos com quatro algarismos.",
        TextKey::CallKeysDatetime => {
            "Você também pode digitar {% if order == 'mdy' %}mês, dia e ano{% elif order == 'ymd' %}ano, mês e dia{% else %}dia, mês e ano{% endif %} com oito algarismos e depois hora e minutos com quatro."
        }
        TextKey::CallConfirm => "Entendi: {{ heard }}. Está certo? Tecle 1 para sim, 2 para não.",
        TextKey::CallWrong => "Desculpe. Mais uma vez, por favor.",
        TextKey::CallSpell => "Desculpe. Desta vez soletre, letra por letra, por exemplo: M de Maria.",
        TextKey::CallUnheard => "Não ouvi nada.",
        TextKey::CallDead => {
            "Continuo sem ouvir você, então vou desligar. Ligue de novo e seguimos daqui. Até logo."
        }
        TextKey::CallOver => "Esta ligação precisa terminar agora. Ligue de novo e seguimos daqui. Até logo.",
        TextKey::CallResumed => "Bem-vindo de volta! Seguimos de onde paramos.",
        TextKey::CallTransfer => "Um momento, por favor. Vou transferir você.",
        TextKey::CallNobody => "Desculpe, ninguém pode atender agora.",
        TextKey::CallBye => "Até logo.",
        TextKey::CallContinued => "Nossa ligação caiu. Você pode continuar aqui:",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "Escolha uma destas opções ou tecle o número dela.",
        TextKey::RetryChoices => "Escolha entre estas; pode dizer várias ou teclar os números delas.",
        TextKey::RetryNumber => "Diga um número, por exemplo 12, ou digite.",
        TextKey::RetryMoney => "Diga um valor, por exemplo 5000, ou digite.",
        TextKey::RetryRange => "Diga de quanto a quanto, por exemplo de 1000 a 5000.",
        TextKey::RetryPhone => "Isso não parece um número de telefone. Diga com o código de área ou digite.",
        TextKey::RetryEmail => {
            "Isso não parece um endereço de e-mail. Deve ser como nome arroba exemplo ponto com."
        }
        TextKey::RetryDate => "Diga uma data, por exemplo 14 de março ou amanhã.",
        TextKey::RetryTime => "Diga uma hora, por exemplo 3 da tarde.",
        TextKey::RetryName => "Diga o seu nome.",
        TextKey::RetryPostcode => "Isso não parece um código postal. Diga de novo ou digite.",
        TextKey::RetryLocation => "Diga o nome de um lugar.",
        TextKey::RetryMedia => "Isso não pode ser enviado por telefone.",
        TextKey::Help => {
            "Pode simplesmente responder ou dizer: voltar, repetir, mudar, pular, recomeçar, idioma ou pessoa. No teclado, asterisco volta. Diga STOP para não receber mais ligações."
        }
        TextKey::OptOut => "Não ligaremos mais para você. Até logo.",
        TextKey::AfterEnd => "Obrigado, já temos tudo.",
        TextKey::Cancelled => "Tudo bem, paramos aqui. Ligue quando quiser.",
        _ => return None,
    })
}
