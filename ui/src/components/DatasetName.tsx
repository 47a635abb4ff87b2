import { Link } from "@tanstack/react-router";

interface Props {
  name: string;
  number: number;
}

export function DatasetName({ name, number }: Props) {
  return (
    <Link
      className="quiet-link"
      to="/datasets/$name"
      params={{ name }}
      search={{ version: String(number) }}
      preload="intent"
    >
      {name}
      <span className="faint num">@{number}</span>
    </Link>
  );
}
