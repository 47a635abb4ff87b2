"""Attacks on read-only SQL, and what the guard lets through."""

from collections.abc import Iterator

import pytest

from windlass.errors import InputError
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.sql.functions import AGGREGATES, SCALARS, TABLE_FUNCTIONS, is_allowed
from windlass.telemetry.sql.guard import check_statement


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    opened = Warehouse.open(f"chdb://{tmp_path_factory.mktemp('guard')}")
    yield opened
    opened.close()


REFUSED = {
    "another kind of statement": [
        "SHOW TABLES",
        "DESCRIBE spans",
        "EXPLAIN SELECT 1",
        "EXPLAIN AST SELECT 1",
        "INSERT INTO spans SELECT 1",
        "DROP TABLE spans",
        "ALTER TABLE spans DELETE WHERE 1",
        "SET max_memory_usage = 0",
        "USE system",
        "SYSTEM FLUSH LOGS",
        "KILL QUERY WHERE 1",
        "CREATE VIEW v AS SELECT 1",
        "ATTACH TABLE x FROM '/tmp' (a Int8) ENGINE = MergeTree ORDER BY a",
        "BACKUP TABLE spans TO File('x')",
        "SELECT 1 PARALLEL WITH SELECT 2",
    ],
    "more than one statement": [
        "SELECT 1; SELECT 2",
        "SELECT 1;; DROP TABLE spans",
        "SELECT 1 /* ; */ ; SELECT 2",
    ],
    "another table": [
        "SELECT * FROM default.spans",
        "SELECT * FROM `default`.`spans`",
        'SELECT * FROM "default"."spans"',
        "SELECT * FROM default . spans",
        "SELECT * FROM default/**/./**/spans",
        "SELECT * FROM system.tables",
        "SELECT * FROM `system.tables`",
        "SELECT * FROM INFORMATION_SCHEMA.tables",
        "SELECT * FROM schema_steps",
        "SELECT * FROM inbox",
        "SELECT * FROM ｓｐａｎｓ",
        "SELECT * FROM SPANS",
        "WITH spans AS (SELECT * FROM default.spans) SELECT * FROM spans",
        "WITH `default.spans` AS (SELECT 1) SELECT * FROM default.spans",
        "SELECT 1 UNION ALL SELECT count() FROM system.parts",
        "SELECT 1 INTERSECT SELECT count() FROM system.parts",
        "SELECT (SELECT count() FROM system.parts)",
        "SELECT * FROM (SELECT * FROM (SELECT * FROM system.parts))",
        "SELECT * FROM spans JOIN system.parts ON 1",
        "SELECT * FROM spans, system.parts",
        "SELECT * FROM spans WHERE exists(SELECT 1 FROM system.parts)",
        "SELECT 1 ORDER BY (SELECT count() FROM system.parts)",
        "SELECT 1 LIMIT (SELECT count() FROM system.parts)",
        "SELECT arrayMap(x -> (SELECT count() FROM system.parts), [1])",
    ],
    "a table at the right of IN": [
        "SELECT 1 IN default.spans",
        "SELECT 1 IN (default.spans)",
        "SELECT 1 IN `default.spans`",
        "SELECT 1 NOT IN system.one",
        "SELECT in(1, system.one)",
        "SELECT 1 GLOBAL IN system.one",
        "SELECT nullIn(1, system.one)",
    ],
    "a table function": [
        f"SELECT * FROM {call}"
        for call in (
            "file('/etc/passwd')",
            "`file`('/etc/passwd', 'LineAsString')",
            "url('http://127.0.0.1/')",
            "s3('http://x/y')",
            "remote('127.0.0.1', default.spans)",
            "cluster('default', default.spans)",
            "clusterAllReplicas('default', default.spans)",
            "merge('default', '.*')",
            "merge('.*')",
            "executable('x', 'TSV', 'a Int8')",
            "input('a Int8')",
            "dictionary('x')",
            "mysql('h', 'd', 't', 'u', 'p')",
            "postgresql('h', 'd', 't', 'u', 'p')",
            "sqlite('/data/records.sqlite', 'api_keys')",
            "python('x')",
            "view(SELECT 1)",
            "viewExplain('EXPLAIN', '', (SELECT 1))",
            "(EXPLAIN SELECT * FROM spans)",
            "loop(spans)",
            "eval('SELECT 1')",
            "generateRandom('a Int8')",
            "zeros(10)",
            "mergeTreeIndex(default, spans)",
            "fuzzQuery('SELECT 1')",
            "values('a Int8', 1)",
            "filesystem('/')",
        )
    ],
    "a function that reaches out": [
        f"SELECT {call}"
        for call in (
            "file('/etc/passwd')",
            "`file`('/etc/passwd')",
            "FILE('/etc/passwd')",
            "sleep(3)",
            "sleepEachRow(3)",
            "dictGet('d', 'a', 1)",
            "joinGet('default.t', 'a', 1)",
            "getSetting('max_memory_usage')",
            "getServerSetting('path')",
            "getMacro('x')",
            "currentDatabase()",
            "DATABASE()",
            "currentUser()",
            "user()",
            "hostName()",
            "version()",
            "serverUUID()",
            "uptime()",
            "queryID()",
            "filesystemAvailable()",
            "getClientHTTPHeader('authorization')",
            "addressToLine(1)",
            "demangle('x')",
            "hasColumnInTable('default', 'spans', 'input')",
            "initializeAggregation('sum', 1)",
            "finalizeAggregation(x)",
            "evalMLMethod(x, 1)",
            "throwIf(1)",
            "logTrace('x')",
            "aiGenerate('x')",
            "generateSerialID('x')",
            "showCertificate()",
            "structureToProtobufSchema('a Int8')",
            "globalVariable('x')",
            "blockSize()",
            "formatRow('CSV', 1)",
            "arrayReduce('sum', [1])",
            "arrayMap(x -> file(x), ['/etc/passwd'])",
            "sumState(1)",
            "sumMerge(x)",
            "reinterpret(x, 'AggregateFunction(sum, Int8)')",
            "accurateCast(x, 'AggregateFunction(sum, Int8)')",
            "CAST(unhex('00') AS AggregateFunction(sum, Int8))",
            "CAST(unhex('00'), 'Array(aggregatefunction(sum, Int8))')",
            "CAST(x, concat('Aggregate', 'Function(sum, Int8)'))",
            "_CAST(x, 'Int8')",
            "__getScalar('x')",
            "nosuchfunction(1)",
            "editDistance('a', 'b')",
            "LevenshteinDistance('a', 'b')",
            "arrayLevenshteinDistance([1], [2])",
            "* APPLY sum",
            "COLUMNS('a') APPLY file",
        )
    ],
    "a clause that is not for it": [
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "SELECT * FROM (SELECT 1 SETTINGS readonly = 0)",
        "SELECT 1 UNION ALL SELECT 2 SETTINGS max_execution_time = 0",
        "SELECT 1 FORMAT Native",
        "SELECT 1 INTO OUTFILE '/tmp/x'",
        "SELECT 1 INTO OUTFILE '/tmp/x' FORMAT CSV",
        "SELECT * FROM spans SAMPLE 0.1",
        "SELECT * FROM spans PREWHERE toUInt64(input) > 0",
        "SELECT {a:String}",
        "SELECT * FROM {a:Identifier}",
    ],
    "more than a statement may make of nothing": [
        "SELECT arrayMap(x -> x, range(1000000000))",
        "SELECT range(10001)",
        "SELECT range(0, 1000000, 1)",
        "SELECT range(-1000000, 0)",
        "SELECT range(toUInt32(concat('1', '000000')))",
        "WITH 1000000 AS n SELECT range(n)",
        "SELECT range(n) FROM (SELECT 1000000 AS n)",
        "SELECT repeat('x', 1000000 + number * 0) FROM numbers(1)",
        "SELECT REPEAT('x', 1000000)",
        "SELECT repeat(repeat('x', 9999), 99999)",
        "SELECT space(1000000)",
        "SELECT leftPad('x', 1000000)",
        "SELECT lpad('x', 1000000, 'y')",
        "SELECT arrayWithConstant(1000000, 1)",
        "SELECT arrayResize([1], 1000000)",
        "SELECT toFixedString('x', 10000000)",
        "SELECT CAST('x' AS FixedString(10000000))",
        "SELECT 'x'::Nullable( FixedString ( 10000000 ) )",
        "SELECT printf('%1000000000d', 1)",
    ],
    "a search through what the statement makes itself": [
        "SELECT sum(has(range(10000), number)) FROM numbers(1000000)",
        "SELECT arraySum(x -> countEqual(range(10000), x), range(10000))",
        "WITH range(10000) AS r SELECT indexOf(r, number) FROM numbers(1000000)",
        "WITH range(10000) AS r, arrayMap(x -> x, r) AS s SELECT indexOf(s, number) FROM numbers(1000000)",
        "SELECT has(t.r, number) FROM (SELECT range(10000) AS r) AS t, numbers(1000000)",
        "SELECT has((SELECT groupArray(number) FROM numbers(1000000)), number) FROM numbers(1000000)",
        "WITH (SELECT groupArray(number) FROM numbers(1000000)) AS r SELECT hasAny(r, [number]) FROM numbers(9)",
        "SELECT position(repeat('ab', 10000), concat('c', toString(number))) FROM numbers(1000000)",
        "SELECT position(concat(repeat('ab', 10000), 'x'), toString(number)) FROM numbers(1000000)",
        "SELECT name LIKE concat('%', repeat('a', 10000)) FROM spans",
        "SELECT substringUTF8(repeat('a', 10000), number, 1) FROM numbers(1000000)",
        "SELECT JSONHas((SELECT max(input) FROM spans), number) FROM numbers(1000000)",
        "SELECT mapFromArrays(range(10000), range(10000))[number] FROM numbers(1000000)",
        "SELECT arrayIntersect(range(10000), [number]) FROM numbers(1000000)",
        "SELECT transform(number, range(10000), range(10000), 0) FROM numbers(1000000)",
    ],
    "a pattern that is not written out": [
        "SELECT match(name, concat('(a|b){100}', toString(number))) FROM spans",
        "SELECT multiMatchAny(name, [name]) FROM spans",
        "SELECT replaceRegexpAll(name, user, '') FROM spans",
        "WITH concat(name, 'x') AS p SELECT extractAll(input, p) FROM spans",
        "SELECT JSON_VALUE(input, '$[*][*]') FROM spans",
        "SELECT JSON_VALUE(input, '$[0 to 100000]') FROM spans",
        "SELECT JSON_QUERY(input, '$[*][*]') FROM spans",
        "SELECT kolmogorovSmirnovTest('two-sided', 'exact')(duration_s, 1) FROM spans",
        "SELECT kolmogorovSmirnovTest('two-sided', concat('ex', 'act'))(duration_s, 1) FROM spans",
        "SELECT kolmogorovSmirnovTestIf('two-sided', 'EXACT')(duration_s, 1, 1) FROM spans",
    ],
    "what cannot be read": [
        "",
        ";",
        "SELECT",
        "SELECT 'open",
        "SELECT 1 /* open",
        "SELECT 1\0",
        "SELECT " + "(" * 2000 + "1" + ")" * 2000,
        "SELECT 1, " + "'x', " * 20_000 + "1",
        "-- SELECT 1",
    ],
}


@pytest.mark.parametrize(
    "sql", [pytest.param(sql, id=f"{why}: {sql[:60]!r}") for why, many in REFUSED.items() for sql in many]
)
def test_it_is_refused_in_a_sentence(engine: Warehouse, sql: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_statement(engine, sql)
    assert "\n" not in refusal.value.message.strip()
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM spans",
        "SELECT count(), COUNT(*), Sum(duration_s), countIf(status = 'error'), sumMap(map('a', 1)) FROM spans",
        "SELECT quantile(0.95)(duration_s) FROM spans WHERE name LIKE '%a%' GROUP BY ALL HAVING count() > 1",
        "WITH slow AS (SELECT * FROM traces WHERE duration_s > 1) SELECT * FROM slow JOIN scores USING (trace_id)",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
        "SELECT * FROM spans WHERE trace_id IN (SELECT trace_id FROM scores) AND status IN ('ok', 'unset')",
        "SELECT trace_id IN scores FROM (SELECT trace_id FROM spans)",
        "SELECT *, row_number() OVER (PARTITION BY trace_id ORDER BY start_time) FROM spans QUALIFY 1",
        "SELECT toStartOfHour(start_time) AS h, count() FROM traces GROUP BY h ORDER BY h WITH FILL",
        "SELECT * EXCEPT (attributes), attributes['x'], COLUMNS('na.*') FROM spans LIMIT 1 BY trace_id",
        "SELECT CASE WHEN status = 'ok' THEN 1 ELSE 2 END, 1::Int8, CAST('1' AS String), DATE '2026-01-01'",
        "SELECT number FROM numbers(10) -- SETTINGS\n",
        "FROM spans SELECT name",
        "SELECT JSONExtractString(input, 'a'), arrayMap((x, i) -> x + i, [1], [2]), tuple(1, 2).1 FROM spans;",
        "SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3",
        "SELECT arrayMap(i -> quantiles[i], range(1, 4)), leftPad(name, 20, ' '), 'a'::FixedString(3) FROM spans",
        "SELECT has(groupUniqArray(tool) AS tools, 'search'), has(tools, any(name)), tools[1] FROM spans",
        "SELECT indexOf(['low', 'high'], label), arrayExists(w -> position(input, w) > 0, ['a', 'b']) FROM spans",
        "WITH '[0-9]+' AS p SELECT extractAll(input, p), multiMatchAny(output, ['a', 'b']) FROM spans",
        "SELECT JSON_VALUE(input, '$.a[0].b'), splitByRegexp(',', name)[1] FROM spans",
        "SELECT kolmogorovSmirnovTest('two-sided')(duration_s, 1), mannWhitneyUTest(duration_s, 1) FROM spans",
        "SELECT 'file(''x'')' AS `FORMAT`, 1 AS settings",
    ],
)
def test_ordinary_questions_pass_and_stay_the_same_when_asked_again(engine: Warehouse, sql: str) -> None:
    text = check_statement(engine, sql)
    assert check_statement(engine, text) == text


def test_what_is_allowed_has_no_namesake_that_is_not(engine: Warehouse) -> None:
    rows = engine.query("SELECT name, is_aggregate FROM system.functions")
    known = SCALARS | AGGREGATES
    assert not [row["name"] for row in rows if is_allowed(str(row["name"])) and row["name"] not in known]
    functions = {str(row["name"]) for row in rows} | {"lambda", "exists", "untuple", "grouping"}
    assert known <= functions
    assert {row["name"] for row in rows if row["is_aggregate"]} >= AGGREGATES


def test_no_function_that_is_allowed_is_a_table_function_too(engine: Warehouse) -> None:
    rows = engine.query("SELECT name FROM system.table_functions")
    assert {name for row in rows if is_allowed(name := str(row["name"]))} == set()
    assert {str(row["name"]) for row in rows} >= TABLE_FUNCTIONS
