import { type Completion, type CompletionSource, completeFromList } from "@codemirror/autocomplete";
import { SQLDialect, sql } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";
import type { SqlTable } from "@/api/sql";

const KEYWORDS =
  "all and any anti array as asc asof between by case cross cube current desc distinct else end except extract " +
  "false fill first following from full group having ilike in inner intersect interval is join last left " +
  "like limit not null nulls offset on or order outer over partition preceding qualify range recursive right " +
  "rollup row rows select semi step then ties to totals true unbounded union using when where window with";

/** Those that questions about traces need most; the server takes about a thousand. */
const FUNCTIONS =
  "abs any argMax argMin arrayJoin arrayStringConcat avg avgIf coalesce concat corr count countIf dateDiff empty " +
  "endsWith extract formatDateTime groupArray groupUniqArray has if ifNull JSONExtractString JSONExtractInt " +
  "JSONExtractFloat JSONExtractArrayRaw JSONExtractKeys JSONHas length lengthUTF8 lower mapContains mapKeys " +
  "mapValues match max maxIf median min minIf multiIf now nullIf position positionCaseInsensitive quantile " +
  "quantileIf quantiles replaceRegexpAll round row_number splitByChar startsWith stddevSamp substring sum sumIf " +
  "toDate toDateTime toDayOfWeek today toFloat64 toHour toInt64 topK toStartOfDay toStartOfFifteenMinutes " +
  "toStartOfHour toStartOfInterval toStartOfMinute toStartOfMonth toStartOfWeek toString uniq uniqExact upper";

const ClickHouse = SQLDialect.define({
  keywords: KEYWORDS,
  types: "",
  backslashEscapes: true,
  doubleQuotedStrings: false,
  identifierQuotes: '`"',
  hashComments: true,
  operatorChars: "*+-%<>!=&|~^/?:",
});

const functions: Completion[] = FUNCTIONS.split(" ").map((label) => ({
  label,
  type: "function",
  apply: (view, _completion, from, to) => {
    view.dispatch({
      changes: { from, to, insert: `${label}()` },
      selection: { anchor: from + label.length + 1 },
    });
  },
}));

/** Columns without their table: a statement is mostly written before its FROM. */
function columnsOf(tables: readonly SqlTable[]): CompletionSource {
  const owners = new Map<string, { type: string; tables: string[] }>();
  for (const table of tables) {
    for (const { name, type } of table.columns) {
      const owner = owners.get(name) ?? { type, tables: [] };
      owner.tables.push(table.name);
      owners.set(name, owner);
    }
  }
  const columns = [...owners].map(([label, owner]) => ({
    label,
    type: "property",
    detail: owner.tables.join(", "),
    info: owner.type,
    boost: 1,
  }));
  const complete = completeFromList(columns);
  // What stands after a dot belongs to a name before it, which the language itself completes.
  return (context) => (context.matchBefore(/\.\w*/) ? null : complete(context));
}

/** The SQL of read-only statements, which knows the tables, their columns and common functions. */
export function readOnlySql(tables: readonly SqlTable[]): Extension {
  const schema = Object.fromEntries(
    tables.map(({ name, columns }) => [
      name,
      columns.map((column) => ({ label: column.name, type: "property", detail: column.type })),
    ]),
  );
  return [
    sql({ dialect: ClickHouse, upperCaseKeywords: true, schema }),
    ClickHouse.language.data.of({ autocomplete: completeFromList(functions) }),
    ClickHouse.language.data.of({ autocomplete: columnsOf(tables) }),
  ];
}
