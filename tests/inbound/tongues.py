"""What mail programs write around an answer, in five languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """How mail programs say it in one language; `{who}` is the name and address of the sender."""

    own: str
    gmail: str
    apple: str
    thunderbird: str
    yahoo: str
    head: tuple[str, str, str, str]
    iphone: str
    outlook_mobile: str
    original: str
    forwarded: str


ENGLISH = Tongue(
    own="done, it was lovely",
    gmail="On Mon, Mar 2, 2026 at 9:30\u202fPM {who} wrote:",
    apple="On 2 Mar 2026, at 21:30, {who} wrote:",
    thunderbird="On 3/2/26 21:30, Troth wrote:",
    yahoo="On Monday, March 2, 2026 at 09:30:00 PM GMT+1, {who} wrote:",
    head=("From", "Sent", "To", "Subject"),
    iphone="Sent from my iPhone",
    outlook_mobile="Get Outlook for iOS",
    original="Original Message",
    forwarded="Begin forwarded message:",
)
GERMAN = Tongue(
    own="erledigt, es war schön",
    gmail="Am Mo., 2. März 2026 um 21:30 Uhr schrieb {who}:",
    apple="Am 02.03.2026 um 21:30 schrieb {who}:",
    thunderbird="Am 02.03.26 um 21:30 schrieb Troth:",
    yahoo="Am Montag, 2. März 2026 um 21:30:00 MEZ hat {who} Folgendes geschrieben:",
    head=("Von", "Gesendet", "An", "Betreff"),
    iphone="Von meinem iPhone gesendet",
    outlook_mobile="Gesendet von Outlook für iOS",
    original="Ursprüngliche Nachricht",
    forwarded="Anfang der weitergeleiteten Nachricht:",
)
SPANISH = Tongue(
    own="hecho, qué bien",
    gmail="El lun, 2 mar 2026 a las 21:30, {who} escribió:",
    apple="El 2 mar 2026, a las 21:30, {who} escribió:",
    thunderbird="El 2/3/26 a las 21:30, Troth escribió:",
    yahoo="El lunes, 2 de marzo de 2026, 21:30:00 CET, {who} escribió:",
    head=("De", "Enviado el", "Para", "Asunto"),
    iphone="Enviado desde mi iPhone",
    outlook_mobile="Obtener Outlook para Android",
    original="Mensaje original",
    forwarded="Inicio del mensaje reenviado:",
)
FRENCH = Tongue(
    own="fait, c’était doux",  # noqa: RUF001 - phones type this apostrophe
    gmail="Le lun. 2 mars 2026 à 21:30, {who} a écrit\u00a0:",
    apple="Le 2 mars 2026 à 21:30, {who} a écrit\u202f:",
    thunderbird="Le 02/03/2026 à 21:30, Troth a écrit\u00a0:",
    yahoo="Le lundi 2 mars 2026 à 21:30:00 UTC+1, {who} a écrit :",
    head=("De\u00a0", "Envoyé\u00a0", "À\u00a0", "Objet\u00a0"),
    iphone="Envoyé de mon iPhone",
    outlook_mobile="Télécharger Outlook pour iOS",
    original="Message d’origine",  # noqa: RUF001
    forwarded="Début du message transféré :",
)
PORTUGUESE = Tongue(
    own="feito, foi lindo",
    gmail="Em seg., 2 de mar. de 2026 às 21:30, {who} escreveu:",
    apple="No dia 2 de mar. de 2026, às 21:30, {who} escreveu:",
    thunderbird="Em 02/03/2026 21:30, Troth escreveu:",
    yahoo="Em segunda-feira, 2 de março de 2026 21:30:00 GMT, {who} escreveu:",
    head=("De", "Enviada em", "Para", "Assunto"),
    iphone="Enviado do meu iPhone",
    outlook_mobile="Obter o Outlook para iOS",
    original="Mensagem original",
    forwarded="Início da mensagem reencaminhada:",
)
TONGUES = {
    "english": ENGLISH,
    "german": GERMAN,
    "spanish": SPANISH,
    "french": FRENCH,
    "portuguese": PORTUGUESE,
}
