import { Link } from "@tanstack/react-router";
import { type CSSProperties, memo, useMemo } from "react";
import type { SqlCell, SqlColumn, SqlResult } from "@/api/sql";
import { Missing } from "@/components/Value";
import { VirtualRows } from "@/components/VirtualRows";
import { useWords } from "@/i18n/useWords";
import type { CellPlace } from "./CellPanel";
import { columnWidths, isLong, isNumeric, shortText, traceIdIn, wholeText } from "./cells";
import styles from "./Query.module.css";

const ROW = 30;

interface Props {
  result: SqlResult;
  open: CellPlace | undefined;
  onOpen: (place: CellPlace) => void;
}

interface NumberedRow {
  cells: SqlCell[];
  at: number;
}

export function ResultTable({ result, open, onOpen }: Props) {
  const { t } = useWords();
  const { columns } = result;
  const rows = useMemo(() => result.rows.map((cells, at): NumberedRow => ({ cells, at })), [result]);
  const grid = useMemo(() => gridOf(columns, result.rows), [columns, result]);
  return (
    <VirtualRows
      rows={rows}
      rowHeight={ROW}
      keyOf={(row) => String(row.at)}
      label={t("query.result")}
      header={<Head columns={columns} grid={grid} />}
      render={(row) => (
        <Row
          row={row}
          columns={columns}
          grid={grid}
          opened={open?.row === row.at ? open.column : undefined}
          onOpen={onOpen}
        />
      )}
    />
  );
}

/** A text in the last column takes what is left of the window; a number stays beside its neighbours. */
function gridOf(columns: SqlColumn[], rows: SqlCell[][]): CSSProperties {
  const widths = columnWidths(columns, rows).map((characters, at) => {
    const column = columns[at];
    // Digits of one width are wider than the zero that `ch` measures.
    const wide = column && isNumeric(column) ? 1.12 * characters : characters;
    return `calc(${wide.toFixed(1)}ch + 22px)`;
  });
  const last = columns.at(-1);
  const rest =
    last && isNumeric(last) ? [...widths, "1fr"] : [...widths.slice(0, -1), `minmax(${widths.at(-1)}, 1fr)`];
  return { gridTemplateColumns: ["calc(4ch + 20px)", ...rest].join(" ") };
}

function Head({ columns, grid }: { columns: SqlColumn[]; grid: CSSProperties }) {
  return (
    <div className={`${styles.row} ${styles.head}`} style={grid}>
      <span />
      {columns.map((column, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name; their places never change
          key={at}
          className={`${styles.cell} mono clip`}
          data-number={isNumeric(column) || undefined}
          data-tip={`${column.name}\n${column.type}`}
        >
          {column.name}
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  row: NumberedRow;
  columns: SqlColumn[];
  grid: CSSProperties;
  /** The column whose cell is open beside the table. */
  opened: number | undefined;
  onOpen: (place: CellPlace) => void;
}

const Row = memo(function Row({ row, columns, grid, opened, onOpen }: RowProps) {
  const { format } = useWords();
  return (
    <div className={styles.row} style={grid} data-open={opened !== undefined || undefined}>
      <span className={`${styles.number} faint num`}>{format.integer(row.at + 1)}</span>
      {columns.map((column, at) => (
        <Cell
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          key={at}
          column={column}
          cell={row.cells[at] ?? null}
          onOpen={() => onOpen({ row: row.at, column: at })}
        />
      ))}
    </div>
  );
});

function Cell({ column, cell, onOpen }: { column: SqlColumn; cell: SqlCell; onOpen: () => void }) {
  const { t } = useWords();
  const number = isNumeric(column);
  const trace = traceIdIn(column, cell);
  const text = shortText(cell);
  return (
    <span className={`${styles.cell} ${number ? "num" : ""} clip`} data-number={number || undefined}>
      {cell === null ? (
        <Missing reason={t("query.null")} />
      ) : trace ? (
        <Link to="/traces/$traceId" params={{ traceId: trace }} className="link mono" preload={false}>
          {trace}
        </Link>
      ) : isLong(cell) ? (
        <button type="button" className={`${styles.whole} clip`} onClick={onOpen}>
          {text}
        </button>
      ) : text === wholeText(cell) ? (
        text
      ) : (
        <span data-tip={wholeText(cell)}>{text}</span>
      )}
    </span>
  );
}
