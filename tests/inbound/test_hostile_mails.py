"""Mails made to break the reader: it ends soon, and never with anything but a clear refusal."""

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inbound.mails import Texts, mail
from troth.domain.visible import LONGEST_TEXT, MOST_LINES
from troth.inbound.hook import UnreadableError
from troth.inbound.mails.html_text import text_of_html
from troth.inbound.mails.mail import MailRead, read_mail
from troth.inbound.mails.mime import decode
from troth.inbound.mails.quotes import own_text

SOON = 2.0  # seconds of CPU, of which none of these needs a quarter
SIZE = 300_000
HEAD = b"From: ana@lab.test\r\n"
TEXTS = {
    "tags": "<a ",
    "slashed tags": "<a/",
    "tags with an attribute": '<a href="x" ',
    "quotation marks in tags": "<a b='\">",
    "one mark in many tags": "<a '>",
    "comments": "<!--",
    "declarations": "<!x",
    "instructions": "<?",
    "ends": "</div",
    "elements": "<div>",
    "quotations": "<blockquote>",
    "classes": "<a class ",
    "references": "&#9",
    "one huge reference": "9",
    "quoted lines": "> ",
    "nested quotes": ">",
    "attributions": "On 2 Mar\n",
    "attributions in one line": "On 2 ",
    "addresses": "a@b 2\n",
    "labels": "From:\n",
    "dashes": "--",
    "underscores": "_",
    "blank lines": "\n",
    "line ends of all kinds": "\r\u2028\x0b",
    "marks of two classes to be ordered": "\u0301\u0323",
    "signatures": "Sent from my \n",
}
HEADS = {
    "many fields": b"To: a@b\r\n",
    "folded lines": b" x",
    "one field": b"To: " + b"a@b," * 90_000,
    "comments": b"To: " + b"(" * 90_000,
    "quoted strings": b'To: "' + b'\\"' * 90_000,
    "references": b"References: " + b"<a@b" * 90_000,
    "parameters": b"Content-Type: text/plain" + b'; a="\\' * 50_000,
    "blanks in parameters": b"Content-Type: multipart/mixed;" + b" ;" * 50_000,
    "colons": b":" * 200_000,
    "zeros": b"\x00" * 200_000,
}


def read(raw: bytes) -> MailRead | None:
    begun = time.process_time()
    try:
        return read_mail(raw)
    except UnreadableError:
        return None
    finally:
        assert time.process_time() - begun < SOON


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("media", ["plain", "html"])
def test_hostile_texts_are_read_soon(name, media):
    prefix = "&#" if name == "one huge reference" else ""
    text = (prefix + TEXTS[name] * SIZE)[:SIZE]
    content = f"Content-Type: text/{media}; charset=utf-8\r\n\r\n{text}".encode()
    found = read(HEAD + content)
    assert found is not None
    assert len(found.text) <= LONGEST_TEXT
    assert len(found.text.splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", HEADS)
def test_hostile_heads_are_read_soon(name):
    read(HEAD + HEADS[name] * (400_000 // len(HEADS[name]) + 1) + b"\r\n\r\ndone")


def test_a_body_of_a_megabyte_is_read_soon_and_its_first_words_are_found():
    found = read(mail(Texts("done\n\n" + "a line of a long letter\n" * 50_000)))
    assert found is not None
    assert found.text.startswith("done\na line")


def test_parts_within_parts_without_end_are_read_soon():
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(4_000)
    )
    assert read(HEAD + deep + b"\r\ndone") is not None


def test_many_parts_of_one_boundary_are_read_soon():
    head = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    assert read(head + b"--b\r\n\r\n\r\n" * 20_000) is not None
    assert read(head + b"\n--b   " * 30_000) is not None


@pytest.mark.parametrize(
    "charset",
    [
        "punycode",
        "idna",
        "unicode_escape",
        "zlib",
        "base64",
        "undefined",
        "x" * 500,
        "a\x00b",
        "cp0",
    ],
)
def test_what_is_no_charset_is_read_as_utf_8(charset):
    assert decode("schön".encode(), charset) == "schön"
    assert decode("schön".encode("cp1252"), charset) == "schön"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-7"])
def test_charsets_are_decoded_and_what_is_broken_in_them_is_replaced(charset):
    assert decode("schön".encode(charset), charset) == "schön"
    assert isinstance(decode(b"\xff\xfe\xd8\x00+2AA-\xe9", charset), str)


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_cut_base64_body_is_read_as_far_as_it_goes(cut):
    body = base64.b64encode(b"done, and lovely")[:-cut]
    found = read(HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + body)
    assert found is not None
    assert found.text.startswith("done, and")


def test_a_photo_before_the_text_and_a_letter_beside_it_are_passed_over():
    message = EmailMessage()
    message["From"] = "ana@lab.test"
    message.set_content("done")
    message.add_attachment("stop", filename="letter.txt")
    message.add_attachment(b"\x89PNG" * 100, maintype="image", subtype="png")
    assert read_mail(bytes(message)).text == "done"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    read(raw)
    read(HEAD + raw)
    read(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + raw)


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    assert len(own_text(text).splitlines()) <= MOST_LINES
    own_text(text_of_html(text))


fragments = st.sampled_from(
    [
        *("--b\n", "--b--\n", "\n", "\n\n", "Content-Type: ", "multipart/mixed; boundary=b\n"),
        *(
            "text/html\n",
            "text/plain; charset=utf-7\n",
            "From: a@b\n",
            "From: ",
            "message/rfc822\n",
        ),
        *("<div>", "</div>", "<blockquote", ">", "> ", "&#x", ";", "done", "On 2 wrote:", "'", '"'),
        *("Content-Transfer-Encoding: base64\n", "quoted-printable\n", "=\n", "=ZZ", "\x00", "\\"),
    ]
)


@given(st.lists(fragments, max_size=40).map("".join))
def test_any_pieces_of_mails_are_read_or_refused(text):
    read(text.encode())
    read(HEAD + text.encode())
    text_of_html(text)
