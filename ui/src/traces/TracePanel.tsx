import { useQuery } from "@tanstack/react-query";
import { traceQuery } from "@/api/queries";
import { CopyButton } from "@/components/Copy";
import { StatusMark } from "@/components/Marks";
import { Panel } from "@/components/Panel";
import { Loaded } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import { TraceFacts } from "./TraceFacts";
import { TraceView } from "./TraceView";

interface Props {
  traceId: string;
  spanId?: string;
  onClose: () => void;
  onExpand: () => void;
  onSpan: (id: string) => void;
}

export function TracePanel({ traceId, spanId, onClose, onExpand, onSpan }: Props) {
  const { t } = useWords();
  const query = useQuery(traceQuery(traceId));
  return (
    <Panel
      label={t("trace.title")}
      title={
        <>
          {query.data && <StatusMark status={query.data.status} />}
          <b className="clip">{query.data?.name ?? t("trace.title")}</b>
          <span className="mono faint">{traceId.slice(0, 8)}</span>
          <CopyButton text={traceId} label={t("trace.copy_id")} />
        </>
      }
      onClose={onClose}
      onExpand={onExpand}
    >
      <Loaded query={query}>
        {(trace) => (
          <>
            <TraceFacts trace={trace} />
            <TraceView trace={trace} spanId={spanId} onSpan={onSpan} stacked />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
