import { Button, Menu } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { tracesQuery } from "@/api/queries";
import type { Trace } from "@/api/types";
import { Icon } from "@/components/Icon";
import { useWords } from "@/i18n/useWords";
import "./againstTexts";

const MOST = 12;

interface Props {
  trace: Trace;
  /** The trace that this one is compared with now. */
  against?: string;
}

/** The newest traces of the same name, to lay this one over; or the end of a comparison. */
export function AgainstMenu({ trace, against }: Props) {
  const { t, format } = useWords();
  const [open, setOpen] = useState(false);
  const query = useInfiniteQuery({ ...tracesQuery({ where: [`name=${trace.name}`] }), enabled: open });
  const others = query.data?.pages[0]?.items.filter((other) => other.trace_id !== trace.trace_id);
  if (against) {
    return (
      <Button
        variant="default"
        leftSection={<Icon name="cross" size={12} />}
        renderRoot={(props) => (
          <Link to="/traces/$traceId" params={{ traceId: trace.trace_id }} search={{}} {...props} />
        )}
      >
        {t("against.close")}
      </Button>
    );
  }
  return (
    <Menu width={420} opened={open} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<Icon name="compare" size={14} />}>
          {t("against.choose")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{others?.length === 0 ? t("against.none") : t("against.latest")}</Menu.Label>
        {others?.slice(0, MOST).map((other) => (
          <Menu.Item
            key={other.trace_id}
            renderRoot={(props) => (
              <Link
                to="/traces/$traceId"
                params={{ traceId: trace.trace_id }}
                search={{ against: other.trace_id }}
                {...props}
              />
            )}
            rightSection={<span className="faint num">{format.relative(other.start_time)}</span>}
          >
            <span className="clip" style={{ display: "block", maxWidth: 300 }}>
              {other.input || other.trace_id.slice(0, 8)}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
