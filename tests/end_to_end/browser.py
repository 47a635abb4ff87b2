"""A page of Chromium that notes everything that should not happen on it."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

SCREENSHOTS = Path(__file__).parents[2] / "test-results" / "screenshots"

AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"

TIMEOUT_MS = 30_000

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

Language = Literal["en", "ko"]
Scheme = Literal["light", "dark"]


class Look(NamedTuple):
    """A theme, and the size of a window in pixels."""

    scheme: Scheme
    width: int
    height: int


_WIDE: Final = (1440, 900)
_PHONE: Final = (375, 812)

LOOKS: Final[Mapping[Language, Sequence[Look]]] = {
    "en": (Look("light", *_WIDE), Look("dark", *_PHONE)),
    "ko": (Look("dark", *_WIDE), Look("light", *_PHONE)),
}
"""Those in which every page is seen, by language."""

_LOCALES = {"en": "en-GB", "ko": "ko-KR"}

# Wide content may scroll in a box of its own; the page, and what fills it, may not.
_TOO_WIDE = """
() => [document.documentElement, document.body, document.querySelector('main')]
  .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName} is ${element.scrollWidth} in ${element.clientWidth}`)
"""

_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
"""Done once the page has been drawn, and what waited for that has run."""

_AT_REST = """
() => document.getAnimations().every(
  (each) => each.playState !== 'running' || each.effect.getComputedTiming().endTime === Infinity
)
"""
"""Whether nothing moves any more that will stop."""

_WORKER = ".worker-"

_BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@dataclass
class Window:
    """One page on one server, in a language, a colour scheme and a size."""

    page: Page
    url: str
    language: Language
    look: Look
    problems: list[str] = field(default_factory=list)
    underway: set[Request] = field(default_factory=set)

    def watch(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._on_request)
        self.page.on("requestfinished", self._on_finished)
        self.page.on("requestfailed", self._on_failed)
        self.page.on("response", self._on_response)

    def visit(self, path: str, *texts: str) -> None:
        """Open a path, wait until these texts are seen in it and nothing is loading any more."""
        self.page.goto(self.url + path)
        self.wait_for(*texts)

    def wait_for(self, *texts: str) -> None:
        for text in texts:
            expect(self.main.get_by_text(text).filter(visible=True).first).to_be_visible()
        expect(self.main.get_by_role("status")).to_have_count(0)
        self.wait_until_quiet()

    def wait_until_quiet(self) -> None:
        """Wait until no request is under way, and none follows from what the last ones brought.

        Playwright's own "networkidle" waits half a second for that, each time.
        """
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        quiet = 0
        while quiet < 3:
            self.page.evaluate(_DRAWN)
            quiet = 0 if self.underway else quiet + 1
            assert time.monotonic() < deadline, f"still under way: {[request.url for request in self.underway]}"

    def look_at(self, title: str, path: str, *texts: str) -> list[str]:
        """Visit a page and see it in each look of the language; return what axe finds, named by the page."""
        self.visit(path, *texts)
        return [fault for _ in self.looks() for fault in self.seen(title)]

    def looks(self) -> Iterator[None]:
        """Change to each look of the language, and back to the first."""
        first, *others = LOOKS[self.language]
        yield
        for look in others:
            self._change_to(look)
            yield
        self._change_to(first)

    def _change_to(self, look: Look) -> None:
        self.look = look
        self.page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        self.page.set_viewport_size({"width": look.width, "height": look.height})
        self.wait_until_quiet()

    def seen(self, title: str) -> list[str]:
        """Keep a picture of what is there; it must be as the look says, and fit. Return what axe finds.

        Both themes and both widths are looked at in English; what else Korean changes, it changes at any width.
        """
        self.wait_until_still()
        first = LOOKS[self.language][0]
        faults = self.accessibility_faults() if self.language == "en" or self.look == first else []
        self.keep(title)
        assert self.page.evaluate("document.documentElement.lang") == self.language
        assert self.is_dark() == (self.look.scheme == "dark")
        assert self.page.title().endswith(" · windlass")
        self.assert_fits()
        return [f"{title}, {self.look}: {fault}" for fault in faults]

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def keep(self, title: str) -> None:
        """Keep a picture, if somebody wants to look at them (WINDLASS_TEST_SCREENSHOTS=1)."""
        if not os.environ.get("WINDLASS_TEST_SCREENSHOTS"):
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = f"{title}-{self.language}-{self.look.scheme}-{self.look.width}"
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def is_dark(self) -> bool:
        """Tell whether the background is nearer to black than to white."""
        colour = self.page.evaluate(_BACKGROUND)
        channels = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        return sum(channels) < 3 * 128

    def assert_fits(self) -> None:
        """Nothing makes the page scroll sideways."""
        assert self.page.evaluate(_TOO_WIDE) == [], self.page.url

    def assert_clean(self) -> None:
        """No error in the console, no failed request, no request to another host."""
        assert self.problems == []

    def wait_until_still(self) -> None:
        """Wait until what was opened is there."""
        self.wait_until_quiet()
        self.page.wait_for_function(_AT_REST)

    def accessibility_faults(self) -> list[str]:
        """What axe finds on the page that is serious or critical, once what was opened is there.

        Colours are those of the theme in every language, and take most of the time: English has them looked at.
        """
        self.wait_until_still()
        if not AXE.exists():
            pytest.skip("axe-core is not among the UI's packages (ui/node_modules/axe-core)")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        rules = {"color-contrast": {"enabled": self.language == "en"}}
        result = self.page.evaluate("rules => axe.run(document, {resultTypes: ['violations'], rules})", rules)
        return [
            f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
            for violation in result["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"][:3]
        ]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _on_request(self, request: Request) -> None:
        # Of a worker's script that the browser has kept, the end is never told.
        if _WORKER not in request.url:
            self.underway.add(request)
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.url).netloc:
            self.problems.append(f"request to another host: {request.url}")

    def _on_finished(self, request: Request) -> None:
        self.underway.discard(request)

    def _on_failed(self, request: Request) -> None:
        self.underway.discard(request)
        # A page that is left takes what it was still fetching ahead with it.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.method} {request.url} ({request.failure})")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"answered {response.status}: {response.request.method} {response.url}")


@contextmanager
def window(browser: Browser, url: str, language: Language = "en") -> Iterator[Window]:
    """Open a window of its own, in the first look of a language: nothing is kept from another."""
    look = LOOKS[language][0]
    context = browser.new_context(
        locale=_LOCALES[language],
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": look.height},
        reduced_motion="reduce",
        timezone_id="Asia/Seoul",
    )
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    try:
        opened = Window(context.new_page(), url, language, look)
        opened.watch()
        yield opened
    finally:
        context.close()
