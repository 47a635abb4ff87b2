import { JsonTree } from "@/components/JsonTree";
import { conditionOf } from "./conditions";
import { unpacked } from "./messages";
import { OnlyWith } from "./OnlyWith";
import styles from "./SpanDetail.module.css";

interface Props {
  attributes: Record<string, unknown>;
  /** How a condition names them: attributes.tier, resource.service.version. */
  family: "attributes" | "resource";
}

/** Names and values; each value narrows the list to what has the same. */
export function SpanAttributes({ attributes, family }: Props) {
  return (
    <dl className={styles.attributes}>
      {Object.entries(attributes).map(([name, value]) => (
        <div key={name}>
          <dt className="mono">{name}</dt>
          <dd>
            <JsonTree value={unpacked(value)} />
          </dd>
          <OnlyWith condition={conditionOf(`${family}.${name}`, value)} />
        </div>
      ))}
    </dl>
  );
}
