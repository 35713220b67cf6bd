"""The command line that the benchmarks share: what to run, and in which form to tell it."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from troth.logs import set_up_logs


@dataclass(frozen=True)
class Choice:
    """What a benchmark can run: `names` of its `noun`s, and the module that each of some needs.

    `enough` is what runs where nothing beside Troth is installed.
    """

    benchmark: str
    noun: str
    names: Sequence[str]
    needs: Mapping[str, str]
    enough: str

    def parser(self) -> argparse.ArgumentParser:
        """A parser of what every benchmark takes. What is logged goes elsewhere than its result."""
        set_up_logs("console", "warning")
        parser = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{self.benchmark}")
        parser.add_argument("--only", help=f"some of {','.join(self.names)}")
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
        return parser

    def chosen(self, only: str | None) -> list[str]:
        """The names of `--only`; ends with a mend where one is unknown or not installed."""
        chosen = only.split(",") if only else list(self.names)
        for name in chosen:
            if name not in self.names:
                known = ", ".join(self.names)
                raise SystemExit(f"{self.benchmark}: no {self.noun} '{name}'; there are {known}")
            if name in self.needs and find_spec(self.needs[name]) is None:
                raise SystemExit(
                    f"{self.benchmark}: {self.needs[name]} is not installed here; run make "
                    "benchmarks, which fetches it into .venv-benchmarks, or leave it out: "
                    f"--only {self.enough}"
                )
        return chosen
