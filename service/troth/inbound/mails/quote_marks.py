"""How mail programs mark what is not the writer's own, in the languages that people use them in.

All phrases are case-folded; blanks are plain and apostrophes straight.
"""

# `On Monday, Troth wrote:` begins with one of these or holds an address, and holds one of the next.
OPENERS = frozenset({"on", "am", "el", "le", "em", "no", "il", "op"})
WROTE = (
    *("wrote:", "writes:", "wrote on ", "schrieb:", "schrieb am ", "schrieb ", "geschrieben:"),
    *("escribió:", "escribió el ", "ha escrito:", "a écrit :", "a écrit:", "a écrit le "),
    *("escreveu:", "escreveu no dia ", "escreveu às ", "ha scritto:", "schreef"),
)

# The field names that stand above a quoted mail, and what each means.
LABELS = {
    **dict.fromkeys(["from", "von", "de", "da", "van"], "from"),
    **dict.fromkeys(["sent", "date", "gesendet", "datum", "enviado", "enviado el"], "sent"),
    **dict.fromkeys(["fecha", "envoyé", "enviada em", "enviado em", "data", "enviada"], "sent"),
    **dict.fromkeys(["date d'envoi", "inviato", "verzonden", "gesendet am"], "sent"),
    **dict.fromkeys(["to", "an", "para", "à", "pour", "a", "aan", "cc", "reply-to"], "to"),
    **dict.fromkeys(["subject", "betreff", "asunto", "objet", "assunto", "oggetto"], "subject"),
}

# What stands between dashes: `-----Original Message-----`.
SEPARATORS = frozenset(
    {
        *("original message", "original-nachricht", "originalnachricht", "ursprüngliche nachricht"),
        *("urspr. nachricht", "ursprüngliche e-mail", "mensaje original", "message d'origine"),
        *("message original", "e-mail d'origine", "mensagem original", "messaggio originale"),
        *("forwarded message", "weitergeleitete nachricht", "mensaje reenviado"),
        *("message transféré", "mensagem encaminhada", "mensagem reencaminhada"),
    }
)
FORWARDS = (
    *("begin forwarded message", "anfang der weitergeleiteten nachricht"),
    *("inicio del mensaje reenviado", "début du message transféré"),
    *("début du message réexpédié", "início da mensagem reencaminhada"),
    "início da mensagem encaminhada",
)

# How a phone or a program signs: the beginnings of lines that no one wrote.
SIGNED = (
    *(
        "sent from my ",
        "sent from outlook",
        "sent from yahoo",
        "sent from proton",
        "sent from mail",
    ),
    *("sent from gmail", "sent from samsung", "sent from aol", "sent via ", "get outlook for "),
    *("sent with proton", "von meinem ", "von meiner ", "gesendet von ", "gesendet mit "),
    *("gesendet über ", "holen sie sich outlook", "outlook für ", "diese nachricht wurde von mein"),
    *("enviado desde ", "enviado con ", "obtener outlook", "descargar outlook", "descarga outlook"),
    *("envoyé de mon ", "envoyé de ma ", "envoyé depuis ", "envoyé à partir ", "envoyé avec "),
    *("obtenir outlook", "obtenez outlook", "télécharger outlook", "téléchargez outlook"),
    *("enviado do meu ", "enviado a partir ", "enviado do outlook"),
    *(
        "enviado do yahoo",
        "enviado do gmail",
        "enviado via ",
        "obter o outlook",
        "obtenha o outlook",
    ),
    *("yahoo mail: search, organize", "yahoo mail: "),
)
# These begin many an honest line, too: a signature ends with the matching word.
SIGNED_ENDS = {"von meinem ": "gesendet", "von meiner ": "gesendet", "diese nachricht ": "gesendet"}
