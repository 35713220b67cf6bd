"""Templates filled in, and the plain notices that stand for every error."""

import hashlib
import secrets
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

STATIC = Path(__file__).parent / "static"

NOTICES = {
    404: (
        "There is nothing here",
        "The address is not complete, or it is no longer in use. A newer message holds a new one.",
    ),
    405: ("There is nothing here", "This page can't be used in that way."),
    410: (
        "This link has done its work",
        "Its moment is more than two weeks past, so it takes no answer any more.",
    ),
    413: (
        "That was a little long",
        "Nothing was changed. Go back, and send fewer than four thousand characters.",
    ),
    421: (
        "There is nothing here",
        "This page only answers to the name under which it was set up.",
    ),
    422: ("That could not be read", "Nothing was changed. Go back, and choose one of the answers."),
    500: (
        "Something went wrong on our side",
        "Whatever you sent was either kept whole or not at all. Please try again in a minute.",
    ),
}


class Pages:
    """Fills templates. One serves every request."""

    def __init__(self, *, demo: bool) -> None:
        self._templates = Environment(
            loader=PackageLoader("troth.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = hashlib.sha256((STATIC / "troth.css").read_bytes()).hexdigest()[:12]
        self._templates.filters["points"] = points
        self._templates.globals.update(demo=demo, style=style, new_form=new_form)

    def show(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Return a page."""
        text = self._templates.get_template(template).render(**values)
        return HTMLResponse(text, status)

    def notice(self, status: int, **values: object) -> HTMLResponse:
        """Return the plain page for an error; it shows nothing of what was asked."""
        title, text = NOTICES.get(status, NOTICES[422 if status < 500 else 500])
        values = {"card": None, "back": None, **values}
        return self.show("notice.html", status, heading=title, text=text, **values)


def new_form() -> str:
    """Return the mark of one form on one page: sent twice, it is one reply."""
    return secrets.token_hex(8)


def points(score: float) -> str:
    """Return a score in 0..100 as people read it: `91.7`, `100`."""
    return f"{score:.1f}".removesuffix(".0")
