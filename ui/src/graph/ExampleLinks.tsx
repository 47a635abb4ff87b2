import { Link } from "@tanstack/react-router";

/** Traces that show a thing, by the beginnings of their ids. */
export function ExampleLinks({ ids }: { ids: string[] }) {
  return (
    <span className="row">
      {ids.map((id) => (
        <Link key={id} className="link mono" to="/traces/$traceId" params={{ traceId: id }}>
          {id.slice(0, 8)}
        </Link>
      ))}
    </span>
  );
}
