"""Reading a report as a browser would: its text, its elements, and what it would fetch."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_FETCHING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background", "ping"}


@dataclass
class Page:
    text: str = ""
    tags: set[str] = field(default_factory=set)
    outside: list[str] = field(default_factory=list)
    """Whatever would leave the file, or run."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.add(tag)
        self._style = tag == "style"
        for name, value in attrs:
            if name in _FETCHING or name.startswith("on") or tag in {"script", "iframe", "link", "img", "object"}:
                self.page.outside.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self._style:
            if "url(" in data or "@import" in data:
                self.page.outside.append("the style sheet fetches")
        else:
            self.page.text += data

    def handle_endtag(self, tag: str) -> None:
        self._style = False


def read_html(text: str) -> Page:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page
