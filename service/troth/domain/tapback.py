"""Taps on a message that come as texts: `Liked “…”`, `Reacted 👍 to “…”`, `👍 to “…”`.

Phones whose message left as an SMS send these, in the language of the phone: a few words, then the
message in quotes, perhaps cut. The words are data of each language (`[reactions]`).
"""

import unicodedata
from collections.abc import Iterator

from troth.domain.grammar import LEGAL, Grammar, Reaction, Verb
from troth.domain.said import Said
from troth.domain.visible import LONGEST_TEXT, folded, is_emoji, without_invisible
from troth.domain.vocabulary import Phrase

_OPENING = '“„«"'
_CLOSING = '”“»"'
_CUT = ("…", "...")
_LONGEST_HEAD = 80  # characters before the quote
_MOST_QUOTES = 3  # a head may have one of its own: a mention « J'aime »
_ANY = "*"


def read_tapback(text: str, grammar: Grammar) -> Said | None:
    """Return what a tap says; None where the text is none. One taken back is an undo."""
    clean = _plain(text[:LONGEST_TEXT])
    for head, quoted in _split(clean):
        words = folded(unicodedata.normalize("NFKC", head).split())
        verb = _meaning(words, grammar)
        if verb is not None:
            return Said(verb, quoted=quoted, is_reaction=True)
    return None


def is_quote_of(quoted: str, text: str) -> bool:
    """Say whether a tap's quote is of `text`: all of it, or its beginning where it is cut."""
    seen, whole = _plain(quoted), _plain(text)
    for mark in _CUT:
        if seen.endswith(mark):
            begun = seen.removesuffix(mark).rstrip()
            return bool(begun) and whole.startswith(begun)
    return seen == whole


def _plain(text: str) -> str:
    blanks = " ".join(text[: 4 * LONGEST_TEXT].split())
    return " ".join(without_invisible(blanks).split())


def _split(clean: str) -> Iterator[tuple[str, str | None]]:
    """Yield each way to part the words from the quote; all of a short text may be words."""
    found = 0
    for index, char in enumerate(clean[: _LONGEST_HEAD + 1]):
        if char in _OPENING and index and found < _MOST_QUOTES:
            found += 1
            rest = clean[index + 1 :].rstrip(".").rstrip()
            if rest[-1:] and rest[-1] in _CLOSING:
                yield clean[:index], rest[:-1].strip()
    if not found and len(clean) <= _LONGEST_HEAD:
        yield clean, None


def _meaning(words: Phrase, grammar: Grammar) -> Verb | None:
    reaction = grammar.reactions.get(words)
    if reaction is not None:
        return Verb.UNKNOWN if reaction is Reaction.EMOJI else Verb(reaction)
    for index, word in enumerate(words):
        if not is_emoji(word):
            continue
        reaction = grammar.reactions.get((*words[:index], _ANY, *words[index + 1 :]))
        if reaction is not None:
            return _of_emoji(word, grammar) if reaction is Reaction.EMOJI else Verb(reaction)
    return None


def _of_emoji(emoji: str, grammar: Grammar) -> Verb:
    found = grammar.match((emoji,))
    return found[0] if found and found[0] not in LEGAL else Verb.UNKNOWN
