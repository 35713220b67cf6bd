"""How Sphinx makes a site of these pages. They are written to be read in the repository, too."""

import re
from pathlib import Path, PurePosixPath
from typing import Any

_DOCS = Path(__file__).parent
_PACKAGE = _DOCS.parent / "service/troth/__init__.py"
_LINK = re.compile(r"\[([^]]*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")
_CONTENTS = (
    "index",
    "channels/README",
    "decisions/README",
)  # what they link to, they hold

project = "Troth"
author = "The maintainers of Troth"
release = version = re.findall(r'__version__ = "([^"]+)"', _PACKAGE.read_text("utf-8"))[0]
extensions = ["myst_parser"]
exclude_patterns = ["conf.py"]
nitpicky = True
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"Troth {release}"
html_copy_source = html_show_sourcelink = False
html_show_copyright = False


def setup(app: Any) -> None:  # noqa: ANN401 - Sphinx is not there where types are checked
    """Let each page pass through our hands before it is read."""
    app.connect("source-read", _prepare)


def _prepare(_app: object, page: str, source: list[str]) -> None:
    text = source[0]
    if page in _CONTENTS:
        text += _table_of_contents(page, text)
    source[0] = _LINK.sub(lambda link: _within(page, link), text)


def _within(page: str, link: re.Match[str]) -> str:
    """Turn a link that leaves these pages into words: there is no repository beside the site."""
    target = (_DOCS / page).parent / link[2]
    if target.resolve().is_relative_to(_DOCS) and target.suffix:
        return link[0]
    path = target.resolve().relative_to(_DOCS.parent).as_posix()
    words = link[1].strip("`")
    return f"`{path}`" if words == path or path.endswith(words) else f"{words} (`{path}`)"


def _table_of_contents(page: str, text: str) -> str:
    """Make the side bar of what a page of contents links to, heading by heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    captions = ["", *parts[1::2]]
    made, seen = [], {page}
    for caption, part in zip(captions, parts[0::2], strict=True):
        pages = [name for name in _pages_below(page, part) if name not in seen]
        seen.update(pages)
        made += [_toctree(caption, pages)] if pages else []
    return "".join(made)


def _pages_below(page: str, part: str) -> list[str]:
    """Return the pages that a part links to, other than those another page of contents holds."""
    here = PurePosixPath(page).parent
    folder = here if page.endswith("/README") else PurePosixPath()
    named = [(here / link[2]).as_posix() for link in _LINK.finditer(part)]
    pages = [name.removesuffix(".md") for name in named if name.endswith(".md")]
    ours = [name for name in pages if PurePosixPath(name).parent == folder or name in _CONTENTS]
    return list(dict.fromkeys(name for name in ours if ".." not in name))


def _toctree(caption: str, pages: list[str]) -> str:
    options = f":hidden:\n:caption: {caption}\n" if caption else ":hidden:\n"
    entries = "\n".join(f"/{name}" for name in pages)
    return f"\n\n```{{toctree}}\n{options}\n{entries}\n```\n"
