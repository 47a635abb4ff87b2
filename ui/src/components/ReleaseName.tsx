import { Link } from "@tanstack/react-router";

interface Props {
  name: string;
  number: number;
}

export function ReleaseName({ name, number }: Props) {
  return (
    <Link
      className="quiet-link"
      to="/releases/$name/$ref"
      params={{ name, ref: String(number) }}
      preload="intent"
    >
      {name}
      <span className="faint num">@{number}</span>
    </Link>
  );
}
