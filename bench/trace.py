"""How quickly one large trace opens in a browser, and how smoothly its tree scrolls.

    python bench/trace.py [--spans 20000] [--runs 5]

A server in a process of its own gets one trace. Headless Chromium (chromium-headless-shell or chromium on the
PATH) opens its page anew each time, once without counting, until the first spans are drawn, and scrolls the tree
from end to end, a screen of rows each frame. `answer_median_ms` is the server's part of it. The last line is JSON.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from target import HttpServer
from targets import open_target

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.telemetry.sending import Plain, request, span, trace_id

BATCH = 5_000
FANOUT = 8
"""Children of a span: the tree is some levels deep."""
PATIENCE_S = 30.0
ROW = "[data-index]"

SCROLL = """
async () => {
  let box = document.querySelector('[data-index]')
  const scrolls = (each) =>
    each.scrollHeight > each.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(each).overflowY)
  while (!scrolls(box)) box = box.parentElement
  const frames = []
  let last = performance.now()
  for (let top = 0; top < box.scrollHeight - box.clientHeight; top += box.clientHeight) {
    box.scrollTop = top
    await new Promise((done) => requestAnimationFrame(done))
    const now = performance.now()
    frames.push(now - last)
    last = now
  }
  return frames
}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if program is None:
        raise SystemExit("There is no Chromium on the PATH; on Debian: apt-get install chromium-headless-shell.")
    with tempfile.TemporaryDirectory() as folder:
        server = open_target("windlass", Path(folder))
        assert isinstance(server, HttpServer)
        try:
            store(server, arguments.spans)
            answers = [answer_ms(server) for _ in range(arguments.runs)]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=program, args=["--no-sandbox", "--disable-gpu"]
                )
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                open_ms(page, server)
                opened = [open_ms(page, server) for _ in range(arguments.runs)]
                frames = page.evaluate(SCROLL)
                rows = page.locator(ROW).count()
                browser.close()
        finally:
            server.close()
    print(
        json.dumps(
            {
                "bench": "trace",
                "spans": arguments.spans,
                "answer_median_ms": round(statistics.median(answers)),
                "open_median_ms": round(statistics.median(opened)),
                "open_longest_ms": round(max(opened)),
                "rows_in_the_page": rows,
                "frames": len(frames),
                "frame_median_ms": round(statistics.median(frames), 1),
                "frame_p95_ms": round(sorted(frames)[int(len(frames) * 0.95)], 1),
            }
        )
    )


def store(server: HttpServer, spans: int) -> None:
    about: dict[str, Plain] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    numbers = range(1, spans + 1)
    for start in range(0, spans, BATCH):
        made = (
            span(
                1,
                number,
                parent=(number - 2) // FANOUT + 1 if number > 1 else 0,
                name=f"step {number}",
                start_ns=time.time_ns(),
                attributes=about,
            )
            for number in numbers[start : start + BATCH]
        )
        server.send(request(*made).SerializeToString())
    deadline = time.monotonic() + PATIENCE_S
    while server.count_spans(trace_id()) < spans:
        if time.monotonic() > deadline:
            raise SystemExit(f"the spans cannot be read after {PATIENCE_S:g} s")
        time.sleep(0.2)


def answer_ms(server: HttpServer) -> float:
    """Return how long the server takes for what the page asks it for."""
    began = time.perf_counter()
    status, _ = server.ask("GET", f"/api/v1/traces/{trace_id()}/spans", b"", {})
    assert status == 200, status
    return (time.perf_counter() - began) * 1e3


def open_ms(page: Page, server: HttpServer) -> float:
    """Return how long it takes from the address to the first spans, with the UI's files at hand."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(f"http://{server.address}/traces/{trace_id()}", wait_until="commit")
    page.locator(ROW).nth(5).wait_for()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    main()
