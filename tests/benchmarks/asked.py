"""Couples who have just been asked, what each partner answers, and what must come of it."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, select

from tests.benchmarks.couples import ZONE, load, opened, sent, words_of
from tests.benchmarks.progress import progress
from tests.benchmarks.scene import Scene
from tests.support.bursts import fall_due
from troth.bootstrap import Service, Store, build
from troth.domain.states import OccurrenceState
from troth.store.tables import occurrences, replies

ROUNDS = 10_000  # of the clock, within which every nudge must have left
# What Ana and Ben of ten couples say: most kept it, one tells otherwise, one did not.
SAID = (*[("done", "done")] * 8, ("done", "no"), ("no", "no"))
OUTCOMES = {
    ("done", "done"): OccurrenceState.KEPT,
    ("done", "no"): OccurrenceState.EXCUSED,
    ("no", "no"): OccurrenceState.MISSED,
}


@dataclass(frozen=True)
class Answer:
    """What one partner sends. `name` is the message's own."""

    name: str
    sender: str
    text: str


def answers(couples: int) -> list[Answer]:
    """Every partner's one answer: first each couple's Ana, then each couple's Ben."""
    return [
        Answer(f"{who}-{number}", _phone(who, number), SAID[number % len(SAID)][who])
        for who in (0, 1)
        for number in range(couples)
    ]


def outcomes(couples: int) -> dict[str, int]:
    """How many occurrences must stand at each state in the end."""
    ends = (OUTCOMES[SAID[number % len(SAID)]] for number in range(couples))
    return dict(Counter(map(str, ends)))


def prepare(scene: Scene, url: str, folder: Path, couples: int) -> None:
    """Apply so many couples' files, let their rituals fall due, and let every nudge leave."""
    load(url, folder, couples, scene.channel_url(), _words)
    with opened(url) as store:
        now = store.clock.now()
        fall_due(store, now.replace(second=0, microsecond=0), ZONE)
        service = build(store)
        worker = service.bell.worker()
        worker.start()
        try:
            _send_all(service, 2 * couples)
        finally:
            worker.stop()
            service.delivery.recorder.close()
            service.bell.close()
    progress(f"{2 * couples} partners have been asked")


def _send_all(service: Service, nudges: int) -> None:
    """Make rounds until every nudge has left, and is known to have."""
    for _ in range(ROUNDS):
        service.rounds.once()
        if not service.delivery.join(0.05):
            continue
        if sent(service.store) == nudges:
            return
    raise SystemExit("replies: the nudges that are to be answered never left")


@contextmanager
def copied(scene: Scene, url: str) -> Iterator[str]:
    """A copy of a prepared database, gone at the end."""
    database = make_url(url).database or ""
    if not url.startswith("sqlite"):
        with scene.postgres.database(database) as copy:
            yield copy
        return
    file = Path(database).with_suffix(".copy")
    shutil.copy(database, file)
    try:
        yield f"sqlite:///{file}"
    finally:
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()


def check_kept(url: str, couples: int) -> None:
    """End the benchmark unless every answer is kept once and every occurrence stands as it must."""
    with opened(url) as store:
        kept, stand = _kept(store), _standing(store)
    wanted = Counter((answer.name, answer.text) for answer in answers(couples))
    if kept != wanted:
        raise SystemExit(f"replies: {kept.total()} are kept where {wanted.total()} were to be")
    if stand != outcomes(couples):
        raise SystemExit(f"replies: occurrences stand at {stand}, not at {outcomes(couples)}")


def _kept(store: Store) -> Counter[tuple[str, str]]:
    with store.db.reading() as conn:
        rows = conn.execute(select(replies.c.provider_id, replies.c.verb))
        return Counter((row.provider_id, row.verb) for row in rows)


def _standing(store: Store) -> dict[str, int]:
    with store.db.reading() as conn:
        return dict(Counter(conn.execute(select(occurrences.c.state)).scalars()))


def _words(number: int, channel_url: str) -> str:
    """A couple's file as ever, with the numbers from which its partners answer."""
    words = words_of(number, channel_url)
    for who, name in enumerate(("ana", "ben")):
        url = f'url = "{channel_url}/{name}/{number}"'
        words = words.replace(url, f'{url}, address = "phone:{_phone(who, number)}"')
    return words


def _phone(who: int, number: int) -> str:
    return f"+1555{number:06}{who}"
