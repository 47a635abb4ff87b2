"""Write docs/reference/{settings,permissions,cli,api-errors,sql,conventions,evaluators}.md from the code."""

import ast
import inspect
import json
import pkgutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import typer

from windlass import errors
from windlass.access import permissions
from windlass.access.principals import Role
from windlass.artifacts.evaluator_source import MODULES
from windlass.cli.main import app as command_line
from windlass.errors import WindlassError
from windlass.evaluation.built_in import BUILT_IN, JUDGES, MAKERS
from windlass.server import routes
from windlass.settings import Settings
from windlass.telemetry.sql.views import VIEWS

FOLDER = Path(__file__).parent.parent / "docs" / "reference"

_WIDTH = 100


def main() -> None:
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


def settings_page() -> str:
    """Every setting: its variable, its default, what it does."""
    rows = [
        f"| `{name}` | `WINDLASS_{name.upper()}` | {_default_of(name)} | {text} |"
        for name, text in _attribute_docstrings(Settings).items()
    ]
    return _page(
        "Settings",
        """
        A setting is taken from the command line (`--data`, `--host`, `--port`, `--dev`), else from its
        variable, else from its name in `windlass.toml` of the working folder, else it is the default. An empty
        variable does not count.

        | setting | variable | default | |
        |---|---|---|---|
        """,
        rows,
        """

        Models take their keys from `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` and `GOOGLE_API_KEY` (or
        `GEMINI_API_KEY`).

        The command line and the SDK look for a server at `WINDLASS_URL`, else at the one that owns the data
        folder, and send the key in `WINDLASS_API_KEY`.
        """,
    )


def permissions_page() -> str:
    """Which role may do what, and which operation asks for what."""
    roles = get_args(Role)
    actions = get_args(permissions.Action)
    allowed = [
        f"| `{action}` | "
        + " | ".join("yes" if action in permissions.ALLOWED[role] else "" for role in roles)
        + " |"
        for action in actions
    ]
    asked = [f"| `{method} {path}` | {action} |" for method, path, action in _operations()]
    return _page(
        "Permissions",
        f"""
        An API key is of one project and has one role. `application` is for a deployed program: it sends traces
        and scores, reads artifacts and asks releases, and sees nobody's traces. In the modes `dev` and `demo`
        callers on this machine need no key and are `admin` of the project `default`. `code:write` is asked for
        besides `artifact:write` when an evaluator with code of its own is pushed.

        | action | {" | ".join(roles)} |
        |---|{"---|" * len(roles)}
        """,
        allowed,
        """

        ## What each operation asks for

        | operation | action |
        |---|---|
        """,
        asked,
    )


def cli_page() -> str:
    """The help of every command."""
    group = typer.main.get_command(command_line)
    parts = [f"## {path}\n\n```\n{help_text}\n```\n" for path, help_text in _helps(group, "windlass", parent=None)]
    return (
        _page(
            "Command line",
            """
        A command speaks to the server at `WINDLASS_URL`, else to the one that owns the data folder, else to one
        that it starts for as long as it runs. Exit codes: 0 done, 2 for wrong usage and for every error, with
        one sentence on standard error. `gate` ends with 0 pass, 1 fail, 3 not enough data; `doctor` and
        `audit verify` end with 1 when they found something wrong.

        A version is named `kind/name@what`, where what is a number, a digest, a label or (of a release) an
        environment; without `@what` it is `latest`, and where only one kind fits, the kind may be left out.
        """,
            ["", *parts],
        ).rstrip()
        + "\n"
    )


def errors_page() -> str:
    """The problem documents of the HTTP API."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WindlassError)]
    rows = [
        f"| {kind.status} | `urn:windlass:problem:{_slug(kind.title)}` | {kind.title} | {_meaning(kind)} |"
        for kind in sorted(kinds, key=lambda kind: kind.status)
        if kind is not WindlassError
    ]
    return _page(
        "Errors of the HTTP API",
        """
        An error is a problem document (RFC 9457) of the type `application/problem+json`:

        ```json
        {
          "type": "urn:windlass:problem:not-found",
          "title": "Not found",
          "status": 404,
          "detail": "There is no prompt 'greeting' in the project 'default'; there is: answer.",
          "instance": "/api/v1/artifacts/prompt/greeting"
        }
        ```

        `detail` is one sentence: what was wrong, where, and what to do. 503 comes with `Retry-After`, in
        seconds. A path that does not exist is 404, one asked with a wrong method 405. Under `/v1/chat` and
        `/v1/models` errors have OpenAI's shape, `{"error": {"message", "type", "param", "code"}}`, with the
        same statuses.

        | status | type | title | when |
        |---|---|---|---|
        """,
        [
            *rows,
            "| 408 | `urn:windlass:problem:too-slow` | Too slow | The rest of a body did not come. |",
            "| 500 | `urn:windlass:problem:internal-error` | Internal error | A fault of windlass; see its log. |",
        ],
    )


def sql_page() -> str:
    """The tables of read-only SQL, and what is allowed."""
    parts = [
        f"## `{view.name}`\n\n{view.about}\n\n| column | type | |\n|---|---|---|\n"
        + "\n".join(f"| `{column.name}` | `{column.type}` | {column.about} |" for column in view.columns)
        + "\n"
        for view in VIEWS
    ]
    return _page(
        "Read-only SQL",
        """
        `windlass sql 'SELECT …'` and `POST /api/v1/sql` take one SELECT, in the SQL of ClickHouse, over three
        tables that hold the project of the key and nothing else. It takes the permission `sql:query`. The Query
        page of the web UI has an editor for it, and `GET /api/v1/sql/tables` gives the columns below as data.

        ```sql
        SELECT release_name, count() AS traces, quantile(0.95)(duration_s) AS p95_s, sum(cost_usd) AS cost_usd
        FROM traces
        WHERE start_time > now() - INTERVAL 7 DAY
        GROUP BY release_name
        ORDER BY traces DESC
        ```

        Allowed are subqueries, WITH (also recursive), joins, UNION, window functions, and about a thousand
        functions that compute from their arguments; as a table function only `numbers`. Refused, each with a
        sentence that says what, are other statements, other tables and databases, functions that read files,
        settings or the machine, casts to states of aggregate functions, parameters in braces, and the clauses
        SETTINGS, FORMAT, INTO OUTFILE, SAMPLE and PREWHERE.

        A statement may run, read, take and answer as much as the settings `sql_timeout_s`, `sql_max_read_rows`,
        `sql_memory_mb` and `sql_max_rows` say; past one of them it is refused. Only a long answer in JSON is cut,
        and says so (`cut`). At most two statements run at once. A filter, also one on time, is
        looked at after the rows of the project were read: that no filter sees another project's rows is worth more
        than speed.

        The clock is looked at between blocks of rows, never within a call of a function. So what a call makes of
        nothing (`range`, `repeat`, `leftPad`, `arrayWithConstant`, `toFixedString` and the like) is at most 10,000
        long, which must be written out; what is made so, or by a subquery, is not looked through for a value of
        each row (`has`, `position` and the like: use IN or a JOIN); patterns are written out; a path of
        `JSON_VALUE` names one value; and functions that compare all of a value with all of another (edit
        distances, an exact Kolmogorov–Smirnov test) and `printf` are not there.

        What cannot be closed so: a value that grows in several steps (texts put together again and again), a long
        text of a span or a large array of an aggregate may keep one call at work for longer than the limit, up to
        minutes, within the limit on memory. Such a statement ends by itself, holds one of the two places until
        then, and cannot be cancelled. That is why `sql:query` takes an editor.

        Rows come as lists of JSON values in the order of `columns`; numbers are JSON numbers, so a client that
        reads them as floating point loses digits beyond 2^53. With `POST /api/v1/sql/file` the result comes as
        CSV, JSON lines or Parquet, whole.

        """,
        "\n".join(parts),
    )


def conventions_page() -> str:
    """What is read of the conventions of others, and how faithfully."""
    from tests.telemetry.golden import page

    return _page(
        "Conventions of telemetry",
        f"""
        Spans of any convention are taken, and every attribute of theirs is kept with its type. Of these, one value
        each has a field of its own: the first of its sources that a span has, in the order in which they stand
        here (OpenTelemetry's current gen_ai conventions, its older ones, OpenInference, OpenLLMetry, vendors').
        Totals are never added to their parts: tokens and cost of a trace are those of its calls of models. A
        number of 2^40 or more, which none of these is, stays an attribute.

        A source is the name of an attribute. `a/b/c` is a value within the JSON of the attribute `a` (`a/`: that
        JSON itself); `a.*` are numbered attributes (`a.0.role`, …) together, `a.*.b` the values of such;
        `events/a` is what the span's events say (`gen_ai.user.message`, `gen_ai.choice` and the like, or
        `gen_ai.client.inference.operation.details`). `@a` is what the span is about, when one of
        {page.kinds()} is `a`: {page.entities()}, or the name of the span without the method of a framework;
        `a@b` is the value of `a` where one of them is `b`. `a|b` is what stands in `a` before `b`, `a…b` what
        stands in quotes behind `b` at the end of `a`, and `@.` a method at the end of the span's name, if it is
        among the words below.

        | field | read from the span | else from its resource |
        |---|---|---|
        """,
        [*page.columns()],
        """

        ## Words

        | field | read as | for |
        |---|---|---|
        """,
        [*page.vocabulary()],
        """

        ## Fidelity

        Each line is a recording of what an instrumentation sends for the same scene: a model is asked with a tool,
        the tool runs, the model answers. ● is carried and read into its field; ○ is carried and kept, as an
        attribute alone; an empty cell is not sent by it; – is nothing that the program recorded had. What is read
        is compared with what the program did. `scripts/record_golden.py` records them again.

        """,
        [*page.matrix()],
    )


def _listed(names: list[str]) -> list[str]:
    """Return names as a sentence, in lines as wide as the pages are."""
    return textwrap.wrap(", ".join(f"`{name}`" for name in names) + ".", 112, break_on_hyphens=False)


def evaluators_page() -> str:
    """Every evaluator by name, and the functions that take parameters: the tables of `reference/evaluators.md`."""
    built_in = [
        f"| `{name}` | {each.description} | {', '.join(f'`{need}`' for need in each.needs)} | "
        f"{'up' if each.higher_is_better else 'down'} | {'yes' if each.by_default else ''} |"
        for name, each in BUILT_IN.items()
    ]
    functions = [
        f"| `{name}` | {', '.join(map(_parameter, inspect.signature(make).parameters.values()))} |"
        for name, make in MAKERS.items()
    ]
    judges = [
        f"| `{name}` | {_first_line(make)} | {', '.join(map(_parameter, _own_parameters(make)))} |"
        for name, make in JUDGES.items()
    ]
    tables = {"built_in": built_in, "functions": functions, "judges": judges}
    tables["modules"] = _listed(sorted(MODULES - {"__future__"}))
    page = (Path(__file__).parent / "reference" / "evaluators.md").read_text(encoding="utf-8")
    for name, lines in tables.items():
        page = page.replace(f"{{{{ {name} }}}}", "\n".join(lines))
    return page


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or "").strip().splitlines()[0]


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())


def _own_parameters(judge: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a judge without those that its maker gives it: how and where a model is asked."""
    return [each for each in _parameters(judge) if each.name not in {"ask", "kept", "model", "tools"}]


def _parameter(parameter: inspect.Parameter) -> str:
    """A parameter with its default, as a file would have it."""
    match parameter.default:
        case inspect.Parameter.empty:
            return f"`{parameter.name}`"
        case str(text) if text:
            return f"`{parameter.name} = {text}`"
        case default:
            return f"`{parameter.name} = {json.dumps(default)}`"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "permissions.md": permissions_page,
    "cli.md": cli_page,
    "api-errors.md": errors_page,
    "sql.md": sql_page,
    "conventions.md": conventions_page,
    "evaluators.md": evaluators_page,
}


def _page(title: str, *parts: str | list[str]) -> str:
    """Return a page of paragraphs (texts, as indented here) and lines (lists)."""
    written = (
        textwrap.dedent(part).removeprefix("\n") if isinstance(part, str) else "\n".join(part) + "\n"
        for part in parts
    )
    return f"# {title}\n\n<!-- Written by scripts/write_reference.py from the code. -->\n\n" + "".join(written)


def _attribute_docstrings(kind: type) -> dict[str, str]:
    """Return the docstring below each attribute of a class. Raises ValueError for one without."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for statement, following in zip(definition.body, [*definition.body[1:], ast.Pass()], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            match following:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[statement.target.id] = " ".join(text.split())
                case _:
                    raise ValueError(f"{kind.__name__}.{statement.target.id} has no docstring")
    return found


def _default_of(name: str) -> str:
    default = Settings.model_fields[name].default
    return f"`{default}`" if str(default) else "empty"


def _operations() -> Iterator[tuple[str, str, str]]:
    """Give method, path and action of every operation that the API describes."""
    actions = dict(_actions())
    paths: dict[str, dict[str, Any]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield method.upper(), path, actions[operation["operationId"]]


def _actions() -> Iterator[tuple[str, str]]:
    """Give what each route asks for, by its name."""
    for module in pkgutil.iter_modules(routes.__path__, f"{routes.__name__}."):
        for route in import_module(module.name).router.routes:
            declared = {action for call in _calls(route.dependant) if (action := call.__dict__.get("action"))}
            calls = {call.__name__ for call in _calls(route.dependant)}
            yield (
                route.name,
                "".join(f"`{each}`" for each in declared) or ("a key" if "principal_of" in calls else "nothing"),
            )


def _calls(dependant: Any) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from _calls(dependency)


def _helps(command: Any, path: str, *, parent: Any) -> Iterator[tuple[str, str]]:
    """Give the help of a command and of those below it."""
    context = command.context_class(command, info_name=path.rpartition(" ")[2], parent=parent)
    context.terminal_width = context.max_content_width = _WIDTH
    yield path, command.get_help(context).rstrip()
    for name, below in getattr(command, "commands", {}).items():
        yield from _helps(below, f"{path} {name}", parent=context)


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")


def _meaning(kind: type[WindlassError]) -> str:
    return " ".join((kind.__doc__ or "").split())


if __name__ == "__main__":
    # The recordings are the tests'.
    sys.path.insert(0, str(FOLDER.parent.parent))
    main()
