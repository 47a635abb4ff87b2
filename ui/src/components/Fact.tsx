import type { ReactNode } from "react";

interface Props {
  name: string;
  children: ReactNode;
}

/** A name and what it stands for, in a list of definitions. */
export function Fact({ name, children }: Props) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
