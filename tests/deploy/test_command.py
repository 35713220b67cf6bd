"""The command for administrators reads troth.env as systemd reads it for the services."""

import runpy

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


def numbered() -> tuple[str, dict[str, str]]:
    """All of them in one file, each with a name of its own; and what it means."""
    lines = [line.replace("V", f"V{number}", 1) for number, (line, _) in enumerate(MEANS)]
    means = {f"V{number}": value for number, (_, value) in enumerate(MEANS) if value is not None}
    return "\n".join(lines), means


def read(environment: bytes) -> dict[str, str]:
    """The variables of a table, from what `env -0` prints."""
    pairs = (each.partition("=") for each in environment.decode().split("\0") if each)
    return {name: value for name, _, value in pairs if name == "1V" or name.startswith("V")}


def _command(text: str) -> dict[str, str]:
    """What the command gives to the program that it runs."""
    found: dict[str, str] = runpy.run_path(str(FOLDER / "troth"))["read"](text)
    return found


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_command_means_by_each_line_what_systemd_means(end: str):
    for line, value in MEANS[:-1]:
        assert _command(f"{line}{end}") == ({} if value is None else {"V": value}), line


def test_the_command_means_by_a_file_what_systemd_means():
    text, means = numbered()
    assert _command(text) == means


def test_a_large_file_is_read_in_a_moment():
    lines = {f"V{number}": "x" * 1_000 + " \\" * 1_000 for number in range(100)}
    text = "".join(f"{name}='{value}'\n" for name, value in lines.items())
    assert _command(f"{' ' * 20_000}\n{text}") == lines
