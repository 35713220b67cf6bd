"""What a scrape told, as tests ask for it."""

from collections.abc import Mapping
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


class Scraped:
    """Every sample of one scrape, by its name and labels."""

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.text = text
        self.values: Mapping[tuple[str, Labels], float] = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        """The sum of the samples of this name that have these labels."""
        wanted = labels.items()
        return sum(
            value for (found, has), value in self.values.items() if found == name and wanted <= has
        )

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.values}


def scrape(address: str) -> Scraped:
    """Scrape with what the standard library has: waiting for a count asks again and again."""
    with urlopen(f"{address}/metrics", timeout=20) as answer:  # noqa: S310 - a loopback address
        return Scraped(answer.read().decode())
