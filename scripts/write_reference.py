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
        and says so (`cut`). At most two statements run at once. A filter, also one on time, is looked at after
        the rows of the project were read: that no filter sees another project's rows is worth more than speed.

        Rows come as lists of JSON values in the order of `columns`; numbers are JSON numbers, so a client that
        reads them as floating point loses digits beyond 2^53. With `POST /api/v1/sql/file` the result comes as
        CSV or Parquet, whole.

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
        Totals are never added to their parts: tokens and cost of a trace are those of its calls of models.

        A source is the name of an attribute. `a/b/c` is a value within the JSON of the attribute `a` (`a/`: that
        JSON itself); `a.*` are numbered attributes (`a.0.role`, …) together, `a.*.b` the values of such;
        `events/a` is what the span's events say (`gen_ai.user.message`, `gen_ai.choice` and the like, or
        `gen_ai.client.inference.operation.details`). `@a` is what the span is about, when one of
        {page.kinds()} is `a`: {page.entities()}, or the name of the span.

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
    """Every evaluator by name, and the functions that take parameters."""
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
    return _page(
        "Evaluators",
        """
        A run names evaluators with `--evaluator`; one that names none uses those by default whose columns the
        dataset has. The definitions are in the docstrings of `windlass/evaluation/metrics/` and `trajectories.py`.

        | name | what it says | needs | better | by default |
        |---|---|---|---|---|
        """,
        built_in,
        """

        ## With parameters

        An evaluator of your own is a file, pushed with `windlass push`, that names one of these functions:

        ```yaml
        kind: evaluator
        name: right-tools
        function: trajectory_recall
        parameters: {ignore_args: true}
        ```

        | function | parameters |
        |---|---|
        """,
        functions,
        """

        `compat: vertex` counts calls as Vertex AI does, where one call of P may answer for several of R; `compat:
        adk` as Google's ADK does, where `true` is 1. Trajectories need a target that says which tools it called: a
        `windlass.Prediction` with `trajectory=(windlass.ToolCall("search", {"q": "gates"}), …)`.

        `threshold` makes `fuzzy_match` 1 or 0. `bleu` and `chrf` are sacrebleu's scores of one sample over 100, so
        0 to 1. `tokenize` is `13a`, `intl`, `zh`, `char`, `none` or `auto`, which chooses by the script of the
        reference; tokenizers that download something or need a dictionary are refused. `pii` takes any of the
        detectors of masking. A refusal is bad unless it is `wanted`. `json_schema` takes a schema of draft
        2020-12, which may refer to its own `$defs` and to nothing elsewhere:

        ```yaml
        kind: evaluator
        name: order
        function: json_schema
        parameters:
          schema:
            type: object
            required: [product, count]
            properties:
              product: {type: string}
              count: {type: integer, minimum: 1}
        ```

        `prompt_leak` looks for words of a prompt and for marks that were put into it to be found again. An
        evaluator is stored as it is written: a canary is made up, and no real secret.

        ```yaml
        kind: evaluator
        name: keeps-its-prompt
        function: prompt_leak
        parameters: {prompt: "You are the assistant of …", canaries: [heron-4471-lantern]}
        ```

        ## Code of your own

        An evaluator may be a function in Python, pushed as a file:

        ```python
        import re

        import windlass


        @windlass.evaluator(needs=["reference"], description="Whether the answer names the reference's page.")
        def names_the_page(sample: windlass.Sample) -> bool:
            page = re.search("page [0-9]+", sample.reference)
            return page is not None and page[0] in sample.output
        ```

        ```sh
        windlass push evaluators/names_the_page.py        # windlass pull evaluator/names_the_page writes it back
        windlass eval support-bot@latest --dataset support-questions --evaluator names_the_page
        ```

        It returns a number, True or False, None (there is no score) or a `windlass.Judgement(value, label,
        explanation)`, and may be async. A sample has `item`, `input`, `reference`, `references`, `metadata`,
        `output`, `contexts` (`text`, `document`, `section`, `score`), `trajectory` (`tool_name`, `tool_input`,
        `outcome`, `tool_output`, `agent`; None where the target does not say), `usage`, `cost_usd` and
        `latency_s`. The decorator takes `name`, `needs`, `higher_is_better` and `description`, written out, for
        they are read without running the code. The same function works in `windlass.evaluate(…,
        evaluators=[names_the_page])`, in your own process and with any package.

        On the server it runs in a process of its own that can do nothing but compute: it opens no file, reaches
        no network, starts nothing and sees no environment ([how](../decisions/0013-code-of-the-registry.md)).
        Chance is seeded alike for every sample. It may import:

        """,
        _listed(sorted(MODULES - {"__future__"})),
        """

        A sample has the time of the setting `evaluator_time_s`, the process the memory of `evaluator_memory_mb`.
        A sample without a score says why: `error` (it raised, with the line), `timeout`, `memory` or `crashed`.
        After five in a row that end the process or take too long, the others are not tried. Pushing one takes
        the permission `code:write`. Where a process cannot be shut in so, on other systems than Linux on x86-64
        and arm64, `evaluator_code` says what happens, and `windlass doctor` what is the case.

        ## Judges

        An evaluator that asks a model is a file, too. `model` is `provider:name`, reached as the server reaches
        that provider; `model_parameters` (temperature, seed and the like) are the model's.

        ```yaml
        kind: evaluator
        name: answers-the-question
        function: rubric
        parameters:
          model: openai:gpt-5-mini
          criteria: Does the answer say what was asked, in as few words as that takes?
          inputs: [input, reference, output]
          scores:
            "1": it says something else, or nothing
            "2": it says what was asked, among much that was not
            "3": it says what was asked, and little more
        ```

        | function | what it says | parameters |
        |---|---|---|
        """,
        judges,
        """

        `inputs` are what the judge is shown, in that order: of `input`, `reference`, `contexts`, `trajectory`,
        `output` and `metadata.<name>`. They go as one JSON object in a message of its own, and no text can leave
        its field there; what a real model makes of what it reads in it is still the model's. The verdict is asked
        for in a JSON schema and nothing else is read; a reply that does not keep to it, and a provider that fails,
        are asked for again, three times in all. What then has no verdict is a missing score with the label
        `unparsable` or `error` (or `abstain`, where the judge itself says that it cannot tell) and counts in
        `missing`, never as 0. Each call is a span of the sample's trace, with its whole prompt, tokens and cost;
        what `cost_usd` measures is the release alone.

        In Python: `windlass.judge("rubric", model="openai:gpt-5-mini", criteria=…, scores={…})`.

        `media_agreement` looks at pictures and clips and is described [on a page of its own](media.md).

        ## Checklists written for each item

        `checklist` without `questions` takes each item's own, a list of texts in its `metadata.checklist`.
        `generated_checklist` has the model write them, from the item's input and reference and what `about` says,
        before any answer is seen:

        ```yaml
        kind: evaluator
        name: says-what-matters
        function: generated_checklist
        parameters:
          model: openai:gpt-5-mini
          about: What an answer must say to be right and complete.
          count: 4
        ```

        The questions are kept for good, under the digest of the item's input and reference, of what the model is
        told to write them, and of the model with its parameters. Whatever release is judged, in whatever run, an
        item is asked the same; where any of these changes, other questions are written. They are no part of the
        cache of answers, and clearing that leaves them. `windlass evaluators questions NAME --dataset D` (`POST
        /api/v1/evaluators/{name}/questions`, 100 items at a time) shows them, and writes those that nobody has
        written yet. With `--write` they become each item's `metadata.checklist` in a new version of the dataset,
        where people edit them; what stands there comes before what was written. Questions that could not be
        written leave a missing score, `unparsable` or `error`, and are tried again with the next sample. In one's
        own process (`windlass.judge`) there is no place to keep them: use `checklist` on items that have theirs.

        ## Juries

        ```yaml
        kind: evaluator
        name: panel
        function: jury
        parameters:
          combine: majority
          quorum: 2
          members:
            - {name: one, function: rubric, parameters: {model: openai:gpt-5-mini, criteria: …, scores: {…}}}
            - {name: two, function: rubric, parameters: {model: anthropic:claude-5, criteria: …, scores: {…}}}
            - {name: three, function: rubric, parameters: {model: google:gemini-3-flash, criteria: …, scores: {…}}}
        ```

        | parameter | meaning |
        |---|---|
        | `members` | 2 to 20 judges, each with a `name` and the `function` and `parameters` of its own file |
        | `combine` | `majority` (what most members say; a tie for the most is an abstention), `mean` or `median` |
        | `quorum` | how many members must have a verdict; left out, more than half of them |

        A member without a verdict (it abstains, its reply is unparsable, its provider fails) has no vote. With
        fewer votes than the quorum there is no value: the label is `error` where a member's provider failed, so
        that a resumed run asks again, else `no_quorum`; either counts in `missing`. The label of a value says how
        the votes fell (`2 of 3`; `0.5 to 1, 3 of 3`), the explanation what share of the pairs of members agree and
        then what each member said. Members are part of the file, so that its digest is that of all their words and
        models.

        In Python: `windlass.jury(one, two, three, combine="median")`, of judges made by `windlass.judge`.

        ## Metrics of ragas and deepeval

        Both stay in your own environment, and their metrics become evaluators of `windlass.evaluate`:

        ```python
        from deepeval.metrics import AnswerRelevancyMetric
        from ragas.metrics.collections import Faithfulness

        faithful = Faithfulness(llm=windlass.ragas_model("openai:gpt-5-mini"))
        relevant = AnswerRelevancyMetric(model=windlass.deepeval_model("openai:gpt-5-mini"))
        windlass.evaluate(
            answer,
            dataset="support-questions",
            evaluators=[windlass.from_ragas(faithful), windlass.from_deepeval(relevant)],
        )
        ```

        The models may be theirs as well; windlass's keep to the limits of the run and wait for a provider that
        refuses. What a metric needs of the items is read from it (`reference`, `metadata.reference_trajectory`,
        `metadata.reference_contexts`, `metadata.context`) and asked for before the run begins. A score that is no
        finite number is missing. ragas' words `pass` and `fail` are 1 and 0, others by `values=`. Metrics of
        deepeval of which less is better are named so: `higher_is_better=False`. Held against ragas 0.4.3 (which
        needs `langchain-community<0.4`) and deepeval 4.3.1; with either of them installed beside windlass,
        `pytest tests/sdk/adapters` runs their real metrics.

        ## Looking at one, and trying it

        `GET /api/v1/evaluators` lists the project's own and the built-in ones. `GET
        /api/v1/evaluators/{name}?ref=` says what one is: code or a judge, what it needs, its parameters and, of a
        judge, its model, its scale, every word that it is told (`told`) and the digest of those words and of the
        form of its verdict (`prompt`): scores of one digest are of one judge.

        `POST /api/v1/evaluators/{name}/try` runs it on one sample, without a run: a `sample` (`input`, `output`,
        `reference`, `metadata`, `contexts`, `trajectory`, `media`), or the `item` of a `run`. The answer has
        `value`, `label`, `explanation`, `evidence`, `missing_why` (what a run's coverage would count it under),
        `latency_s`, `calls`, tokens and `cost_usd`. It takes `run:write`, for a judge's model is asked and paid
        for; its call is a trace
        of its own. `GET /api/v1/runs?evaluator=` lists the runs that used one. On the command line: `windlass
        evaluators list`, `show NAME` and `try NAME --sample FILE`.
        """,
    )


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
