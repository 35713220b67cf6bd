"""What a scrape told, as tests ask for it."""

from collections.abc import Mapping

import httpx
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


def scrape(address: str, **headers: str) -> Scraped:
    answer = httpx.get(f"{address}/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return Scraped(answer.text)
