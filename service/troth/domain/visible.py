"""What of a text its writer wrote and sees, and how its words are compared. All linear."""

import unicodedata

LONGEST_TEXT = 4_096  # characters; nothing beyond is looked at
MOST_LINES = 64
MOST_WORDS = 16  # of which phrases are looked for
EDGES = " \t.,;:!?¡¿\"'“”‘’„«»()[]*_-–—…"  # noqa: RUF001 - people's phones type these
_APOSTROPHES = "'’ʼ´`"  # noqa: RUF001
# Letters, marks and symbols that show nothing: fillers, the blank of Braille, joiners.
_SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"))  # Outlook's is \v
_KEYCAP = "\u20e3"  # a digit with it is an emoji of that digit
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def visible_text(text: str) -> str:
    """Return the writer's own lines: normalised, without quoted lines and invisible characters."""
    shown = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])[:LONGEST_TEXT]
    lines = shown.replace("\r\n", "\n").translate(_LINE_ENDS).split("\n")[:MOST_LINES]
    clean = (without_invisible(line).strip() for line in lines)
    return "\n".join(line for line in clean if line and not line.startswith(">"))


def without_invisible(text: str) -> str:
    """Return `text` without what has no shape of its own; a tab becomes a blank."""
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char == "\t":
        return " "
    invisible = unicodedata.category(char) in ("Cf", "Cc", "Cs")
    variant = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    variant = variant or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
    return "" if invisible or variant or char == _KEYCAP or char in _SHAPELESS else char


def normal_words(text: str) -> tuple[str, ...]:
    """Return a phrase as the parser compares it: visible, case-folded, without edge marks."""
    return folded(visible_text(text).split())


def folded(words: list[str]) -> tuple[str, ...]:
    """Fold case and strip marks; a word of marks alone (an emoji's tail, a dash) vanishes."""
    return tuple(word for word in map(folded_word, words[:MOST_WORDS]) if word)


def folded_word(word: str) -> str:
    """Return a word without the marks around it, and a spelled one without the emoji on it."""
    bare = word.casefold().strip(EDGES)
    if not bare or bare.isalnum() or not any(char.isalnum() for char in bare):
        return bare
    start, end = 0, len(bare)
    while start < end and _is_symbol(bare[start]):
        start += 1
    while end > start and _is_symbol(bare[end - 1]):
        end -= 1
    return bare[start:end].strip(EDGES)


def raw_count(words: list[str], count: int) -> int:
    """Return how many raw words hold the first `count` folded ones."""
    seen = 0
    for index, word in enumerate(words):
        seen += bool(folded_word(word))
        if seen == count:
            return index + 1
    return len(words)


def is_emoji(text: str) -> bool:
    """Say whether a text has a symbol in it, and no letter and no digit."""
    return any(map(_is_symbol, text)) and not any(char.isalnum() for char in text)


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char) == "So"


def variants(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return a phrase in the ways people type it: either apostrophe or none, accents or none."""
    unaccented = tuple(map(_unaccented, words))
    umlauts = tuple(word.translate(_UMLAUTS) for word in words)
    found: set[tuple[str, ...]] = set()
    for form in {words, unaccented, umlauts}:
        found.update(tuple(_apostrophes(word, mark) for word in form) for mark in ("'", "’", ""))  # noqa: RUF001
    return {form for form in found if all(form)}


def _unaccented(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    return unicodedata.normalize(
        "NFC", "".join(c for c in parts if unicodedata.category(c) != "Mn")
    )


def _apostrophes(word: str, mark: str) -> str:
    return "".join(mark if char in _APOSTROPHES else char for char in word)
