"""A report as one HTML file that needs nothing else: no network, no script, light and dark, and on paper."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from windlass.evaluation.reports.axes import axes_of, axis_of, tick_text
from windlass.evaluation.reports.document import Document
from windlass.evaluation.wording.language import say, speaking


def to_html(document: Document) -> str:
    template = _environment().get_template("report.html")
    with speaking(document.language):
        return template.render(document=document)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("windlass.evaluation.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(axis_of=axis_of, axes_of=axes_of, tick_text=tick_text, say=say)
    return environment
