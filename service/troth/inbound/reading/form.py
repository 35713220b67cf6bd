"""The fields of a form that a provider posts, urlencoded or in parts."""

from urllib.parse import parse_qsl

from troth.inbound.hook import Hook, UnreadableError
from troth.inbound.mails.mime import Headers, Part, decode, parameter, parts_of

LONGEST_FORM = 1_048_576  # bytes
MOST_FIELDS = 200


def form_fields(hook: Hook) -> dict[str, bytes]:
    """Return the first value of each field as it came; raises UnreadableError for what is no form.

    Files are left out.
    """
    if len(hook.body) > LONGEST_FORM:
        raise UnreadableError("the form is too long")
    media = hook.headers.get("content-type", "")
    if media.lower().startswith("multipart/form-data"):
        whole = Part(Headers((("content-type", media),)), _plain_ends(hook.body))
        return _in_parts(whole)
    return _urlencoded(hook.body)


def text_field(fields: dict[str, bytes], name: str, charset: str = "utf-8") -> str:
    """Return a field's text, empty where there is none."""
    return decode(fields.get(name, b""), charset)


def _urlencoded(body: bytes) -> dict[str, bytes]:
    # As Latin-1, of which every byte is a letter: given bytes, it takes none but ASCII.
    written, charset = body.decode("latin-1"), "latin-1"
    try:
        pairs = parse_qsl(
            written, keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding=charset
        )
    except ValueError:
        raise UnreadableError("the form has too many fields") from None
    return {name: value.encode(charset) for name, value in reversed(pairs)}


def _plain_ends(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n")


def _in_parts(whole: Part) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts_of(whole, MOST_FIELDS):  # not what is within them: that is a stranger's
        said = part.headers.first("content-disposition")
        if said.lower().startswith("form-data") and not parameter(said, "filename"):
            found.setdefault(parameter(said, "name"), part.body)
    return found
