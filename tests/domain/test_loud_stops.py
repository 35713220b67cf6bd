"""Whoever is loud, in a hurry or writes as to a machine is heard by the words of the law."""

import pytest

from troth.domain.grammar import Verb
from troth.domain.parse import parse
from troth.domain.said import Expected
from troth.domain.states import AnswerKind
from troth.schedules.languages import load_languages

ENGLISH = load_languages().of("en").grammar


@pytest.mark.parametrize("kind", [AnswerKind.DONE, AnswerKind.WORDS, AnswerKind.RATING])
@pytest.mark.parametrize(
    "text",
    [
        *("STOP STOP", "stop! stop! stop!", "Stop.Stop.", "STOP/ARRET", "Stop, Abmelden"),
        *(
            "STOP 🛑",
            "😡 STOP 😡",
            "`stop`",
            "~stop~",
            "<stop>",
            "#stop",
            "/stop",
            "=STOP=",
            "stop。",
        ),
        *("S T O P", "s.t.o.p.", "S-T-O-P!", "STOP\u3164", "\u2800STOP", "ST\u034fOP"),
        *("Stop\vAna", "stop\u2028Sent from my phone", "stop\fnow", "ⓈⓉⓄⓅ", "Just stop!!! 😡"),
    ],
)
def test_who_shouts_stop_is_heard(text: str, kind: AnswerKind):
    assert parse(text, ENGLISH, Expected(kind)).verb is Verb.STOP


@pytest.mark.parametrize(
    ("text", "verb"), [("/start", Verb.START), ("START 😀", Verb.START), ("HELP?!? 😕", Verb.HELP)]
)
def test_the_other_words_of_the_law_may_be_loud_too(text: str, verb: Verb):
    assert parse(text, ENGLISH, Expected()).verb is verb


@pytest.mark.parametrize(
    "text",
    [
        *("start stop", "we stopped for cake", "no stop", "a b c", "stopp over", "non-stop"),
        *("The bus stop, at eight.", "stop-over in Rome", "end of a long week", "nonstop"),
    ],
)
def test_what_only_holds_such_a_word_stops_nothing(text: str):
    assert parse(text, ENGLISH, Expected(AnswerKind.WORDS)).verb is not Verb.STOP
