"""Replies as mail programs lay them out, of our own making: five languages, above and below.

Each layout takes a language and what its writer said, and gives the mail's plain and HTML text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from tests.inbound.tongues import Tongue

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"
NUDGE = f"nudge+{TOKEN}@lab.test"
ASKED = ("Tea at nine, without phones?", "Reply done, later or stop.", "stop")
RULE = "_" * 32


@dataclass(frozen=True)
class Texts:
    """The two texts of a mail; an empty one is left out."""

    plain: str = ""
    html: str = ""


Layout = Callable[[Tongue], Texts]
WHO = f"Troth <{NUDGE}>"
WHO_HTML = f'Troth &lt;<a href="mailto:{NUDGE}">{NUDGE}</a>&gt;'
ASKED_HTML = "".join(f"<div>{line}</div>" for line in ASKED)


def quoted(lines: tuple[str, ...] = ASKED) -> str:
    return "\n".join(f"> {line}" for line in lines)


def folded(attribution: str) -> str:
    """As Gmail breaks the line that says who wrote when."""
    return attribution.replace(" <nudge", "\n<nudge").replace("> ", ">\n")


def gmail(tongue: Tongue) -> Texts:
    said = tongue.gmail.format(who=WHO)
    html = (
        f'<div dir="ltr">{tongue.own}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{tongue.gmail.format(who=WHO_HTML)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">'
        f"{ASKED_HTML}</blockquote></div>"
    )
    return Texts(f"{tongue.own}\n\n{folded(said)}\n\n{quoted()}\n", html)


def gmail_html(tongue: Tongue) -> Texts:
    return Texts(html=gmail(tongue).html)


def gmail_below(tongue: Tongue) -> Texts:
    said = folded(tongue.gmail.format(who=WHO))
    return Texts(f"{said}\n\n{quoted()}\n>\n\n{tongue.own}\n")


def gmail_below_html(tongue: Tongue) -> Texts:
    html = (
        '<div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">'
        f'{tongue.gmail.format(who=WHO_HTML)}</div><blockquote class="gmail_quote">{ASKED_HTML}'
        f"<blockquote>{ASKED_HTML}</blockquote></blockquote><div>{tongue.own}</div></div></div>"
    )
    return Texts(html=html)


def gmail_phone(tongue: Tongue) -> Texts:
    html = (
        f'<div dir="auto">{tongue.own}</div><br><div class="gmail_quote">'
        f'{tongue.gmail.format(who=WHO_HTML)}<br type="attribution">'
        f"<blockquote class=quote>{ASKED_HTML}</blockquote></div>"
    )
    return Texts(html=html)


def apple(tongue: Tongue) -> Texts:
    said = tongue.apple.format(who=WHO)
    return Texts(f"{tongue.own}\n\n> {said}\n> \n{quoted()}\n")


def apple_html(tongue: Tongue) -> Texts:
    html = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        f'<body dir="auto">{tongue.own}<br id="lineBreakAtBeginningOfSignature">'
        f'<div dir="ltr">{tongue.iphone}</div><div dir="ltr"><br><blockquote type="cite">'
        f"{tongue.apple.format(who=WHO_HTML)}<br><br></blockquote></div>"
        f'<blockquote type="cite"><div dir="ltr">\ufeff{ASKED_HTML}</div></blockquote></body>'
    )
    return Texts(html=html)


def iphone(tongue: Tongue) -> Texts:
    said = tongue.apple.format(who=WHO)
    return Texts(f"{tongue.own}\n\n{tongue.iphone}\n\n> {said}\n> \n> \ufeff\n{quoted()}\n")


def apple_forwarded(tongue: Tongue) -> Texts:
    return Texts(f"{tongue.own}\n\n{tongue.forwarded}\n\n{head(tongue)}\n\n{plain_asked()}")


def thunderbird_below(tongue: Tongue) -> Texts:
    return Texts(f"{tongue.thunderbird}\n{quoted()}\n{tongue.own}\n\n-- \nAna\nstop the press\n")


def thunderbird_html(tongue: Tongue) -> Texts:
    html = (
        '<!DOCTYPE html><html><body><p>{own}</p><div class="moz-cite-prefix">{said}<br></div>'
        '<blockquote type="cite" cite="mid:x@lab.test">{asked}</blockquote>'
        '<pre class="moz-signature" cols="72">-- \nAna\nstop</pre></body></html>'
    )
    return Texts(
        html=html.format(own=tongue.own, said=tongue.thunderbird, asked=ASKED_HTML),
    )


def thunderbird_below_html(tongue: Tongue) -> Texts:
    html = (
        f'<body><div class="moz-cite-prefix">{tongue.thunderbird}</div>'
        f'<blockquote type="cite">{ASKED_HTML}</blockquote><p>{tongue.own}</p></body>'
    )
    return Texts(html=html)


def yahoo(tongue: Tongue) -> Texts:
    said = tongue.yahoo.format(who=WHO)
    return Texts(f"{tongue.own}\n    {said}  \n \n {plain_asked()}  \n")


def yahoo_html(tongue: Tongue) -> Texts:
    html = (
        f'<div class="ydp1yahoo-style-wrap"><div dir="ltr">{tongue.own}</div><div><br></div></div>'
        f'<div id="ydp2yahoo_quoted_77" class="ydp2yahoo_quoted"><div>{tongue.yahoo}</div>'
        f"<div>{ASKED_HTML}</div></div>"
    )
    return Texts(html=html.replace("{who}", WHO_HTML))


def head(tongue: Tongue, bold: str = "") -> str:
    values = (WHO, "2026-03-02 21:30", "Ana <ana@lab.test>", "Tea")
    pairs = zip(tongue.head, values, strict=True)
    return "\n".join(f"{bold}{name}:{bold} {value}" for name, value in pairs)


def plain_asked() -> str:
    return "\n".join(ASKED)


def outlook_word(tongue: Tongue) -> Texts:
    """Desktop Outlook of the Word engine, in plain text."""
    return Texts(f"{tongue.own}\n\n{head(tongue)}\n\n{plain_asked()}\n")


def outlook_word_html(tongue: Tongue) -> Texts:
    fields = "<br>".join(f"<b>{line.replace(':', ':</b>', 1)}" for line in head(tongue).split("\n"))
    fields = fields.replace(WHO, WHO_HTML)
    html = (
        "<html><head><style><!-- p.MsoNormal {margin:0in;} --></style><!--[if mso]><xml></xml>"
        f'<![endif]--></head><body lang="EN-US"><div class="WordSection1"><p class="MsoNormal">'
        f'{tongue.own}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
        f'<p class="MsoNormal">{fields}<o:p></o:p></p></div>{ASKED_HTML}</div></body></html>'
    )
    return Texts(html=html)


def outlook_old(tongue: Tongue) -> Texts:
    return Texts(f"{tongue.own}\n\n-----{tongue.original}-----\n{head(tongue)}\n\n{plain_asked()}")


def outlook_web(tongue: Tongue) -> Texts:
    return Texts(f"{tongue.own}\n{RULE}\n{head(tongue)}\n\n{plain_asked()}\n")


def outlook_web_html(tongue: Tongue) -> Texts:
    fields = "<br>".join(head(tongue).replace(WHO, WHO_HTML).split("\n"))
    html = (
        f'<html><body><div class="elementToProof">{tongue.own}</div><div id="appendonsend"></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" '
        f'dir="ltr"><font>{fields}</font></div><div>{ASKED_HTML}</div></body></html>'
    )
    return Texts(html=html)


def outlook_new(tongue: Tongue) -> Texts:
    fields = "<br>".join(head(tongue).replace(WHO, WHO_HTML).split("\n"))
    html = (
        f'<div class="elementToProof">{tongue.own}</div><div class="elementToProof"><br></div>'
        f'<div id="mail-editor-reference-message-container"><hr><p>{fields}</p>'
        f"{ASKED_HTML}</div>"
    )
    return Texts(f"{tongue.own}\n\n{head(tongue, '*')}\n\n{plain_asked()}", html)


def outlook_phone(tongue: Tongue) -> Texts:
    return Texts(
        f"{tongue.own}\n\n{tongue.outlook_mobile}<https://aka.ms/o0ukef>\n{RULE}\n"
        f"{head(tongue)}\n\n{plain_asked()}\n"
    )


def samsung(tongue: Tongue) -> Texts:
    return Texts(
        f"{tongue.own}\n\n-------- {tongue.original} --------\n{head(tongue)}\n\n{plain_asked()}\n"
    )


LAYOUTS: dict[str, Layout] = {
    layout.__name__: layout
    for layout in (
        *(gmail, gmail_html, gmail_below, gmail_below_html, gmail_phone, apple, apple_html),
        *(iphone, apple_forwarded, thunderbird_below, thunderbird_html, thunderbird_below_html),
        *(yahoo, yahoo_html, outlook_word, outlook_word_html, outlook_old, outlook_web),
        *(outlook_web_html, outlook_new, outlook_phone, samsung),
    )
}


def mail(texts: Texts, to: str = NUDGE, **more: str) -> bytes:
    """A mail of these texts as it comes over the wire."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Ana <ana@lab.test>"
    message["To"] = f"Troth <{to}>"
    message["Subject"] = "Re: Tea"
    message["Message-ID"] = "<answer@lab.test>"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    if texts.plain or not texts.html:
        message.set_content(texts.plain)
        if texts.html:
            message.add_alternative(texts.html, subtype="html")
    else:
        message.set_content(texts.html, subtype="html")
    return bytes(message)
