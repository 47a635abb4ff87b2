"""A page of Chromium that notes everything that should not happen on it."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect
from playwright.sync_api import Error as PlaywrightError

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
    # Nobody goes back, and no page of another site is opened: a seventh less work for each page.
    "--disable-features=BackForwardCache,SpareRendererForSitePerProcess",
)

Language = Literal["en", "ko"]
Scheme = Literal["light", "dark"]


class Look(NamedTuple):
    """A language, a theme, and the size of a window in pixels."""

    language: Language
    scheme: Scheme
    width: int
    height: int


_WIDE: Final = (1440, 900)
_PHONE: Final = (375, 812)

_EVERY_LOOK: Final = tuple(
    Look(language, scheme, *size)
    for language in get_args(Language)
    for scheme in get_args(Scheme)
    for size in (_WIDE, _PHONE)
)

_EVERYTHING: Final = os.environ.get("WINDLASS_TEST_LOOKS") == "all"

LOOKS: Final[Sequence[Look]] = _EVERY_LOOK if _EVERYTHING else (_EVERY_LOOK[0], _EVERY_LOOK[-1])
"""Those in which every page is seen: two that differ in all they can, or all eight, as `make test-slow` has it."""

_LOCALES = {"en": "en-GB", "ko": "ko-KR"}

# Wide content may scroll in a box of its own; the page, and what fills it, may not.
_TOO_WIDE = """
() => [document.documentElement, document.body, document.querySelector('main')]
  .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName} is ${element.scrollWidth} in ${element.clientWidth}`)
"""

_DRAWN = """
async (times) => {
  for (; times > 0; times--) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
}
"""
"""Done once the page has been drawn some times, and what waited for that has run."""

_AT_REST = """
() => document.getAnimations().every(
  (each) => each.playState !== 'running' || each.effect.getComputedTiming().endTime === Infinity
)
"""
"""Whether nothing moves any more that will stop."""

_MOST_LOOKS: Final = 3
"""Of axe at a page that asks for something meanwhile, as those do that follow what goes on."""

_WORKER = ".worker-"

_SPEAK = """
(language) => {
  localStorage.setItem('windlass.language', language)
  dispatchEvent(new StorageEvent('storage', { key: 'windlass.language', newValue: language }))
}
"""
"""What a page hears when its reader chooses a language in another tab."""

_SPEAKS = "(language) => document.documentElement.lang === language"

_BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"


@dataclass
class Window:
    """One page on one server, in a language, a colour scheme and a size."""

    page: Page
    url: str
    look: Look
    problems: list[str] = field(default_factory=list)
    underway: set[Request] = field(default_factory=set)
    asked: int = 0
    """Requests so far."""

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
        while quiet < 2:
            self.page.evaluate(_DRAWN, 1 + quiet)
            quiet = 0 if self.underway else quiet + 1
            assert time.monotonic() < deadline, f"still under way: {[request.url for request in self.underway]}"

    def look_at(self, title: str, path: str, *texts: str) -> list[str]:
        """Visit a page in the first look and see it in each; return what axe finds, named by the page."""
        self._become(LOOKS[0])
        self.visit(path, *texts)
        return [fault for _ in self.looks() for fault in self.seen(title)]

    def looks(self) -> Iterator[None]:
        """See each look, from the one that there is."""
        yield
        for look in [look for look in LOOKS if look != self.look]:
            self._become(look)
            self.wait_until_quiet()
            yield

    def _become(self, look: Look) -> None:
        before, self.look = self.look, look
        if look.scheme != before.scheme:
            self.page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        if look.width != before.width:
            self.page.set_viewport_size({"width": look.width, "height": look.height})
        if look.language != before.language:
            self.page.evaluate(_SPEAK, look.language)
            self.page.wait_for_function(_SPEAKS, arg=look.language)

    def seen(self, title: str) -> list[str]:
        """Keep a picture of what is there; it must be as the look says, and fit. Return what axe finds.

        In the second of two looks axe is not asked: it takes as long as all the rest.
        """
        if _EVERYTHING or self.look == LOOKS[0]:
            faults = self.accessibility_faults()
        else:
            self.wait_until_still()
            faults = []
        self.keep(title)
        assert self.page.evaluate(_SPEAKS, self.look.language)
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
        name = f"{title}-{self.look.language}-{self.look.scheme}-{self.look.width}"
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
        if not self.page.evaluate(_AT_REST):
            self.page.wait_for_function(_AT_REST)

    def accessibility_faults(self) -> list[str]:
        """What axe finds on the page that is serious or critical, once what was opened is there.

        A button that is enabled by what comes while axe looks has the colour of before for a moment.
        """
        if not AXE.exists():
            pytest.skip("axe-core is not among the UI's packages (ui/node_modules/axe-core)")
        for _ in range(_MOST_LOOKS):
            self.wait_until_still()
            asked = self.asked
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE.read_text(encoding="utf-8"))
            result = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            if self.asked == asked:
                break
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
        self.asked += 1
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
    """Open a window in the first look of a language. It knows nothing of another but files that never change."""
    look = next(look for look in _EVERY_LOOK if look.language == language)
    context = _unused_context(browser, look)
    page = context.new_page()
    try:
        opened = Window(page, url, look)
        opened.watch()
        yield opened
    finally:
        try:
            if page.url.startswith("http"):
                page.evaluate("localStorage.clear(), sessionStorage.clear()")
            page.close()
            context.clear_cookies()
            context.clear_permissions()
        except PlaywrightError:
            # What cannot be cleaned is not used again.
            _CONTEXTS[browser][language].remove(context)
            context.close()


def _unused_context(browser: Browser, look: Look) -> BrowserContext:
    """Return a context of a language that has no window; a new one would read every file of the UI again."""
    known = _CONTEXTS.setdefault(browser, {}).setdefault(look.language, [])
    for context in known:
        if not context.pages:
            return context
    context = browser.new_context(
        locale=_LOCALES[look.language],
        color_scheme=look.scheme,
        viewport={"width": look.width, "height": look.height},
        reduced_motion="reduce",
        timezone_id="Asia/Seoul",
    )
    context.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    known.append(context)
    return context


_CONTEXTS: WeakKeyDictionary[Browser, dict[Language, list[BrowserContext]]] = WeakKeyDictionary()
