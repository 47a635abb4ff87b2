"""A page of Chromium that notes everything that should not happen on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
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

PHONE: Final = 375
"""Pixels that a narrow window has across."""
LOOKS: Final = [("en", "light", 1440), ("ko", "dark", 1440), ("en", "dark", PHONE), ("ko", "light", PHONE)]
"""Language, theme and width, in which every page is seen."""

Language = Literal["en", "ko"]
Scheme = Literal["light", "dark"]

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

_BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@dataclass
class Window:
    """One page on one server, in a language, a colour scheme and a size."""

    page: Page
    url: str
    name: str
    """For its screenshots."""
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

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def keep(self, title: str) -> None:
        """Keep a picture."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{title}-{self.name}.png")

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

    def accessibility_faults(self) -> list[str]:
        """What axe finds on the page that is serious or critical, once what was opened is there."""
        self.wait_until_quiet()
        self.page.wait_for_function(_AT_REST)
        if not AXE.exists():
            pytest.skip("axe-core is not among the UI's packages (ui/node_modules/axe-core)")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
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
def window(
    browser: Browser,
    url: str,
    *,
    language: Language = "en",
    scheme: Scheme = "light",
    width: int = 1440,
    height: int = 900,
) -> Iterator[Window]:
    """Open a window of its own: nothing is kept from another."""
    context = browser.new_context(
        locale=_LOCALES[language],
        color_scheme=scheme,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        timezone_id="Asia/Seoul",
    )
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    try:
        opened = Window(context.new_page(), url, f"{language}-{scheme}-{width}")
        opened.watch()
        yield opened
    finally:
        context.close()
