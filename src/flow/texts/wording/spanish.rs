//! Built-in texts in Spanish.

use crate::flow::texts::TextKey;

/// The text.
pub(super) fn text(key: TextKey) -> &'static str {
    match key {
        TextKey::Retry => "Perdona, no lo he entendido. ¿Puedes decirlo de otra manera?",
        TextKey::RetryChoice => "Elige una de estas opciones o envía su número.",
        TextKey::RetryChoices => {
            "Elige entre estas opciones; puedes enviar varios números, por ejemplo 1, 3."
        }
        TextKey::RetryYesNo => "Responde sí o no, por favor.",
        TextKey::RetryNumber => "Envía un número, por ejemplo 12.",
        TextKey::RetryMoney => "Envía un importe, por ejemplo 5000.",
        TextKey::RetryRange => "Envía un intervalo, por ejemplo de 1000 a 5000.",
        TextKey::RetryPhone => "Eso no parece un número de teléfono. Envíalo con el prefijo, por favor.",
        TextKey::RetryEmail => "Eso no parece un correo electrónico. Debe ser como nombre@example.com.",
        TextKey::RetryDate => "Envía una fecha, por ejemplo 14 de marzo o mañana.",
        TextKey::RetryTime => "Envía una hora, por ejemplo las 3 de la tarde o 15:00.",
        TextKey::RetryName => "Envía tu nombre, por favor.",
        TextKey::RetryPostcode => "Eso no parece un código postal. Envíalo de nuevo, por favor.",
        TextKey::RetryLocation => "Envía el nombre de un lugar o comparte tu ubicación.",
        TextKey::RetryConsent => "Responde con un sí claro si estás de acuerdo, o no si no lo estás.",
        TextKey::RetryMedia => "Envía una imagen, una grabación o un documento.",
        TextKey::RetryLimits => {
            "Debe ser{% if min %} al menos {{ min }}{% endif %}{% if min and max %} y{% endif %}{% if max %} como máximo {{ max }}{% endif %}."
        }
        TextKey::BackNothing => "Esta es la primera pregunta; no hay nada a lo que volver.",
        TextKey::SkipNotAllowed => "Necesitamos una respuesta a esta pregunta, por favor.",
        TextKey::Help => {
            "Puedes responder sin más o decir: atrás, cambiar, omitir, reiniciar, idioma o persona. Di STOP para no recibir más mensajes."
        }
        TextKey::Human => "Pediré a una persona que se ponga en contacto contigo.",
        TextKey::Restarted => "De acuerdo, empecemos de nuevo.",
        TextKey::LanguageChanged => "De acuerdo, a partir de ahora en español.",
        TextKey::LanguageUnknown => "Aquí puedo hablar {{ languages }}.",
        TextKey::ChangedWhat => "¿Qué respuesta quieres cambiar? {{ questions }}",
        TextKey::AfterEnd => "Gracias, ya tenemos todo. Di reiniciar para empezar de nuevo.",
        TextKey::ChooseManyHint => "Puedes elegir más de una.",
        TextKey::OptionHint => "Responde con un número o con las palabras.",
        TextKey::SkipHint => "Puedes decir omitir.",
        TextKey::YesNo => "Sí / No",
        TextKey::Choose => "Elegir",
        TextKey::OptOut => "No recibirás más mensajes nuestros. Escribe START si cambias de opinión.",
        TextKey::OptIn => "¡Bienvenido de nuevo! Volverás a recibir nuestros mensajes.",
        TextKey::HelpContact => "Esto es {{ title }}. Responde STOP para no recibir más mensajes.",
        TextKey::Apology => {
            "Lo sentimos, algo ha fallado por nuestra parte. Inténtalo de nuevo en un momento."
        }
        TextKey::Cancelled => "De acuerdo, lo dejamos aquí. Escríbenos cuando quieras.",
        TextKey::CallPress => "Para {{ option }}, pulsa {{ key }}.",
        TextKey::CallMore => "Para más opciones, pulsa {{ key }}.",
        TextKey::CallFurther => "Aquí hay más.",
        TextKey::CallYesNo => "Pulsa 1 para sí, 2 para no.",
        TextKey::CallPick => "Pulsa las teclas de todo lo que corresponda y después almohadilla.",
        TextKey::CallKeys => "También puedes marcarlo; termina con almohadilla.",
        TextKey::CallKeysDate => {
            "También puedes marcar {% if order == 'mdy' %}mes, día y año{% elif order == 'ymd' %}año, mes y día{% else %}día, mes y año{% endif %} con ocho cifras."
        }
        TextKey::CallKeysTime => "También puedes marcar hora y minutos con cuatro cifras.",
        TextKey::CallKeysDatetime => {
            "También puedes marcar {% if order == 'mdy' %}mes, día y año{% elif order == 'ymd' %}año, mes y día{% else %}día, mes y año{% endif %} con ocho cifras y después hora y minutos con cuatro."
        }
        TextKey::CallConfirm => "He entendido: {{ heard }}. ¿Es correcto? Pulsa 1 para sí, 2 para no.",
        TextKey::CallWrong => "Perdón. Otra vez, por favor.",
        TextKey::CallSpell => "Perdón. Esta vez deletréalo, letra por letra, por ejemplo: M como María.",
        TextKey::CallUnheard => "No he oído nada.",
        TextKey::CallDead => "Sigo sin oírte, así que cuelgo. Vuelve a llamar y seguimos desde aquí. Adiós.",
        TextKey::CallOver => "Esta llamada tiene que terminar. Vuelve a llamar y seguimos desde aquí. Adiós.",
        TextKey::CallResumed => "¡Hola de nuevo! Seguimos donde lo dejamos.",
        TextKey::CallTransfer => "Un momento, por favor. Te paso con una persona.",
        TextKey::CallNobody => "Lo siento, ahora nadie puede atender tu llamada.",
        TextKey::CallBye => "Adiós.",
        TextKey::CallContinued => "Nuestra llamada se cortó. Puedes seguir aquí:",
    }
}

/// The text on the phone, where it is another there.
pub(super) fn spoken(key: TextKey) -> Option<&'static str> {
    Some(match key {
        TextKey::RetryChoice => "Elige una de estas opciones o pulsa su tecla.",
        TextKey::RetryChoices => "Elige entre estas; puedes nombrar varias o pulsar sus teclas.",
        TextKey::RetryNumber => "Di un número, por ejemplo 12, o márcalo.",
        TextKey::RetryMoney => "Di una cantidad, por ejemplo 5000, o márcala.",
        TextKey::RetryRange => "Di desde cuánto hasta cuánto, por ejemplo de 1000 a 5000.",
        TextKey::RetryPhone => "Eso no suena a un número de teléfono. Dilo con su prefijo o márcalo.",
        TextKey::RetryEmail => {
            "Eso no suena a una dirección de correo. Debería ser como nombre arroba ejemplo punto com."
        }
        TextKey::RetryDate => "Di una fecha, por ejemplo 14 de marzo o mañana.",
        TextKey::RetryTime => "Di una hora, por ejemplo las 3 de la tarde.",
        TextKey::RetryName => "Di tu nombre.",
        TextKey::RetryPostcode => "Eso no suena a un código postal. Dilo otra vez o márcalo.",
        TextKey::RetryLocation => "Di el nombre de un lugar.",
        TextKey::RetryMedia => "Eso no se puede enviar por teléfono.",
        TextKey::Help => {
            "Puedes responder sin más o decir: atrás, repetir, cambiar, omitir, reiniciar, idioma o persona. En el teclado, asterisco vuelve atrás. Di STOP para no recibir más llamadas."
        }
        TextKey::OptOut => "No te llamaremos más. Adiós.",
        TextKey::AfterEnd => "Gracias, ya lo tenemos todo.",
        TextKey::Cancelled => "De acuerdo, lo dejamos aquí. Llama cuando quieras.",
        _ => return None,
    })
}
