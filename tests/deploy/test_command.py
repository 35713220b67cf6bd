"""The command for administrators reads troth.env as systemd reads it for the services."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.units import FOLDER

# What a line says, and what it means by systemd.exec(5); None: nothing. A real systemd says so too:
# see test_systemd.py.
MEANS: list[tuple[str, str | None]] = [
    ("V=plain", "plain"),
    ("  V =  blanks at both ends \t", "blanks at both ends"),
    ("V=", ""),
    ("V=''", ""),
    ('V="in quotes "', "in quotes "),
    ("V='single $HOME \\ \"'", 'single $HOME \\ "'),
    ("V=\"double $HOME 'a' #b\"", "double $HOME 'a' #b"),
    (r'V="\" \\ \$ \` \n \x"', r'" \ $ ` \n \x'),
    (r"V=a\ b\"c\\d\$e\'f", r"""a b"c\d$e'f"""),
    ("V=a\\ \\  ", "a  "),
    ("V=one \\\n two", "one  two"),
    ('V="one \\\n two"', "one  two"),
    ('V="two\nlines"', "two\nlines"),
    ("V='two\nlines'", "two\nlines"),
    ('V=it\'s "so"', 'it\'s "so"'),
    ("V=\"a\" 'b' c", "abc"),
    ("V=a#b #c;d", "a#b #c;d"),
    ("V=#a", "#a"),
    ("V=$HOME ${HOME} $(id) `id` *", "$HOME ${HOME} $(id) `id` *"),
    ("V=a=b==", "a=b=="),
    ("V=ä€👍", "ä€👍"),
    ("V=crlf\r", "crlf"),
    ("V=-n", "-n"),
    ("# V=a", None),
    ("  ; V=a", None),
    ("V", None),
    ("=V=a", None),
    ("V V=a", None),
    ("1V=a", None),
    ("V-=a", None),
    ('V="without an end', "without an end"),  # the last: it takes what follows
]
INNER = ("name", "value", "rest", "each", "state", "c")  # what the script itself calls things


def numbered() -> tuple[str, dict[str, str]]:
    """All of them in one file, each with a name of its own; and what it means."""
    lines = [line.replace("V", f"V{number}", 1) for number, (line, _) in enumerate(MEANS)]
    means = {f"V{number}": value for number, (_, value) in enumerate(MEANS) if value is not None}
    text = "".join(f"{name}=inner {name}\n" for name in INNER) + "\n".join(lines)
    return text, means | {name: f"inner {name}" for name in INNER}


def read(environment: bytes) -> dict[str, str]:
    """The variables of a table, from what `env -0` prints."""
    pairs = (each.partition("=") for each in environment.decode().split("\0") if each)
    ours = (*INNER, "V", "1V")
    return {name: value for name, _, value in pairs if name in ours or name.startswith("V")}


def _command(file: Path, seconds: float | None = None) -> dict[str, str]:
    """What the command gives to the program that it runs."""
    script = (FOLDER / "troth").read_text().replace("/etc/troth/troth.env", str(file))
    before, exec_, _ = script.rpartition("exec setpriv")
    script = f"{before.replace('$(id -u)', '0')}{exec_.replace('setpriv', '')}env -0"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin"},
        timeout=seconds,
    )
    return read(done.stdout)


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_command_means_by_each_line_what_systemd_means(tmp_path: Path, end: str):
    for line, value in MEANS[:-1]:
        (tmp_path / "env").write_bytes(f"{line}{end}".encode())
        assert _command(tmp_path / "env") == ({} if value is None else {"V": value}), line


def test_the_command_means_by_a_file_what_systemd_means(tmp_path: Path):
    text, means = numbered()
    (tmp_path / "env").write_bytes(text.encode())
    assert _command(tmp_path / "env") == means


def test_a_long_value_is_read_at_once(tmp_path: Path):
    """Four thousand like letters took eight seconds, and twice as many a minute."""
    (tmp_path / "env").write_text(f"V={'x' * 12_000}\n")
    assert _command(tmp_path / "env", seconds=20) == {"V": "x" * 12_000}
