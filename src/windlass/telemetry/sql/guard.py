"""Which statements read-only SQL may run: what the engine's own parser makes of them must all be allowed.

The engine writes the statement anew and that text is parsed again, so what is looked at here is, comments and odd
quotes gone, the very text that runs. Everything is refused that is not known to be harmless: a kind of node, the
name of a table, a function.
"""

from collections.abc import Iterator
from typing import Any, Final

import orjson

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse, WarehouseError
from windlass.telemetry.sql.amounts import Amounts
from windlass.telemetry.sql.functions import TABLE_FUNCTIONS, is_allowed
from windlass.telemetry.sql.views import VIEWS

LONGEST: Final = 50_000
"""Characters of a statement."""

_NO_TREE: Final = 36
"""ClickHouse's code with which its parser says that it does not write such a statement as JSON."""

_ONLY_SELECT: Final = "Only a SELECT can be run here."

_SELECT: Final = frozenset({"SelectWithUnionQuery", "SelectIntersectExceptQuery"})

_NODES: Final = _SELECT | {
    "SelectQuery",
    "ExpressionList",
    "Subquery",
    "TablesInSelectQuery",
    "TablesInSelectQueryElement",
    "TableExpression",
    "TableIdentifier",
    "TableJoin",
    "ArrayJoin",
    "Identifier",
    "Literal",
    "Function",
    "Asterisk",
    "QualifiedAsterisk",
    "ColumnsListMatcher",
    "ColumnsRegexpMatcher",
    "ColumnsTransformerList",
    "ColumnsExceptTransformer",
    "OrderByElement",
    "InterpolateElement",
    "WithElement",
    "WindowDefinition",
    "WindowListElement",
}

_CLAUSES: Final = {
    "settings": "SETTINGS, for the limits are the server's",
    "format_ast": "FORMAT: ask for the format beside the statement",
    "out_file": "INTO OUTFILE",
    "compression": "COMPRESSION",
    "sample_size": "SAMPLE",
    "prewhere": "PREWHERE",
}
"""Parts of a SELECT that are not for it here."""

Node = dict[str, Any]


def check_statement(warehouse: Warehouse, sql: str) -> str:
    """Return a statement as the engine writes it, which may run. Raises InputError saying what is not allowed."""
    if len(sql) > LONGEST:
        raise InputError(f"The statement has {len(sql)} characters, and the most is {LONGEST}.")
    if "\0" in sql:
        raise InputError("The statement has a NUL character; take it out.")
    text = _ask(warehouse, "formatQuery", sql)
    try:
        tree = orjson.loads(_ask(warehouse, "parseQueryToJSON", text))
    except orjson.JSONDecodeError as error:
        raise InputError("The statement is nested too deeply; write its parts WITH names.") from error
    check_tree(tree)
    return text


def check_tree(tree: object) -> None:
    """Check what the engine's parser made of a statement. Raises InputError saying what is not allowed."""
    if not isinstance(tree, dict) or tree.get("type") not in _SELECT:
        raise InputError(_ONLY_SELECT)
    nodes = list(_nodes(tree))
    named = {str(node.get("name")) for node in nodes if node["type"] == "WithElement"}
    tables = named | {view.name for view in VIEWS}
    amounts = Amounts(nodes)
    for node in nodes:
        _check_kind(node)
        _check_names(node, tables)
        if "table_function" in node:
            _check_table_function(node["table_function"])
        elif node["type"] == "Function":
            _check_function(node)
            amounts.check(node)


def _nodes(tree: object) -> Iterator[Node]:
    """Give every node of the tree; without recursion, for a statement may nest more deeply than Python does."""
    waiting = [tree]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            if "type" in found:
                yield found
            waiting.extend(found.values())


def _check_kind(node: Node) -> None:
    kind = node["type"]
    for clause, words in _CLAUSES.items():
        if node.get(clause):
            raise InputError(f"The statement may not have {words}.")
    if kind == "QueryParameter":
        raise InputError("The statement has a parameter in braces; write its value instead.")
    if kind not in _NODES:
        raise InputError(f"The statement has a part that is not allowed here ({kind}).")


def _check_names(node: Node, tables: set[str]) -> None:
    if node["type"] == "TableIdentifier":
        name = ".".join(node.get("name_parts") or [str(node.get("name"))])
        if "name_parts" in node or name not in tables:
            known = ", ".join(view.name for view in VIEWS)
            raise InputError(f"There is no table {name!r} here; there are {known}, and what you name in WITH.")
    if node["type"] == "Function" and _is_membership(node):
        _check_right_side(node, tables)


def _is_membership(node: Node) -> bool:
    return str(node.get("name")).lower() in {"in", "notin", "nullin", "notnullin"}


def _check_right_side(node: Node, tables: set[str]) -> None:
    """The right side of IN may name a table, though the parser does not say that it does."""
    right = _arguments(node)[1:]
    for side in right:
        name = str(side.get("name", ""))
        if side.get("type") == "Identifier" and name not in tables and ("name_parts" in side or "." in name):
            raise InputError(f"The right side of IN may not be {name!r}; use a subquery or a list.")


def _check_table_function(function: Node) -> None:
    name = str(function.get("name"))
    if name not in TABLE_FUNCTIONS:
        raise InputError(f"The table function {name!r} is not allowed here.")


def _check_function(node: Node) -> None:
    name = str(node.get("name"))
    if name in TABLE_FUNCTIONS:
        return
    if not is_allowed(name):
        raise InputError(f"The function {name!r} is not allowed here.")
    if name.lower() == "cast":
        _check_cast(node)


def _check_cast(node: Node) -> None:
    """States of aggregates cannot be made from bytes: the engine would trust them."""
    kind = _arguments(node)[-1] if _arguments(node) else {}
    value = kind.get("value")
    text = value.get("value") if isinstance(value, dict) else None
    if kind.get("type") != "Literal" or not isinstance(text, str):
        raise InputError("The type of a CAST must be written out.")
    if "aggregatefunction" in text.lower():
        raise InputError("A CAST to a state of an aggregate function is not allowed here.")


def _arguments(node: Node) -> list[Node]:
    arguments = node.get("arguments") or {}
    children = arguments.get("children", []) if isinstance(arguments, dict) else []
    return [child for child in children if isinstance(child, dict)]


def _ask(warehouse: Warehouse, function: str, sql: str) -> str:
    try:
        return str(warehouse.query(f"SELECT {function}({{sql:String}}) AS answer", {"sql": sql})[0]["answer"])
    except WarehouseError as error:
        if error.code is None:
            raise
        if error.code == _NO_TREE:
            raise InputError(_ONLY_SELECT) from error
        raise InputError(f"The statement cannot be read: {_reason(error.message)}") from error


def _reason(message: str) -> str:
    """Return the engine's sentence without the statement in which we asked it."""
    sentence = message.partition("DB::Exception: ")[2] or message
    return sentence.partition(" In scope ")[0].rstrip(".: ") + "."
