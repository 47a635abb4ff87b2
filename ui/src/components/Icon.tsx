/** Line icons on a 16-unit grid, drawn for this interface. */
const PATHS = {
  overview: "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-5.5M13.5 13.5v-11",
  dashboard: "M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3H9zM9 7.5h4.5v6H9zM2.5 10.5H7v3H2.5z",
  plus: "M8 3v10M3 8h10",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M5 3l8 5-8 5z",
  traces: "M2 3.5h7M4.5 8h8M7.5 12.5H14",
  graph:
    "M3.5 2.2a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM12.5 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM3.5 10.6a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM5.1 4.4 11 7.4M5.1 11.6 11 8.6",
  sessions: "M2 2.8h8.5v5.7H5.8L3.9 10.2V8.5H2zM12.8 6.2H14v5.3h-1.6v1.9l-2-1.9H6.6",
  terminal: "m2.5 4.5 3.5 3.5-3.5 3.5M8 12h5.5",
  query: "M2.5 3h11M2.5 6.5h5M2.5 10h3.5M10 7a2.6 2.6 0 1 1 0 5.2A2.6 2.6 0 0 1 10 7zM12 11.6l2 2",
  filter: "M2.5 3.5h11M4.8 8h6.4M6.8 12.5h2.4",
  bookmark: "M4.5 2.5h7v11L8 10.8l-3.5 2.7z",
  releases: "M8 1.8 13.8 5v6L8 14.2 2.2 11V5zM2.4 5.1 8 8.2l5.6-3.1M8 8.2v5.8",
  runs: "M6 1.8h4M8 4.2a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM8 6.6v2.8l1.9 1.2",
  audit: "M8 1.8 13 3.7v4c0 3.2-2.1 5.4-5 6.5-2.9-1.1-5-3.3-5-6.5v-4zM5.7 8l1.7 1.7 3-3.2",
  verdict: "M8 2v11.5M5 13.5h6M3 4h10M3 4 1.4 8.6a2 2 0 0 0 3.2 0zM13 4l-1.6 4.6a2 2 0 0 0 3.2 0z",
  search: "M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM10.5 10.5 14 14",
  copy: "M5.5 5.5v-2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M3.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1z",
  check: "m3 8.5 3.2 3.2L13 4.8",
  cross: "m4 4 8 8M12 4l-8 8",
  right: "m6 3.5 4.5 4.5L6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  left: "M10 3.5 5.5 8l4.5 4.5",
  expand: "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
  screen: "M2.5 3h11a.5.5 0 0 1 .5.5v7a.5.5 0 0 1-.5.5h-11a.5.5 0 0 1-.5-.5v-7a.5.5 0 0 1 .5-.5zM6 13.5h4",
  globe:
    "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM2 8h12M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z",
  rail: "M2.5 3h11a.5.5 0 0 1 .5.5v9a.5.5 0 0 1-.5.5h-11a.5.5 0 0 1-.5-.5v-9a.5.5 0 0 1 .5-.5zM6 3v10",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  user: "M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4zM2.8 13.5c.6-2.4 2.6-3.6 5.2-3.6s4.6 1.2 5.2 3.6",
  warning: "M8 2.3 14.3 13.3H1.7zM8 6.5v3.2M8 11.5h.01",
  compare: "M5 2.5v11M11 2.5v11M2.5 5.5h5M8.5 10.5h5",
  promote: "M8 13.5v-10M3.8 7.5 8 3.3l4.2 4.2",
  rollback: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M5.8 3.5 2.8 6.5l3 3",
  model:
    "M4.5 4.5h7v7h-7zM6.5 2v2.5M9.5 2v2.5M6.5 11.5V14M9.5 11.5V14M2 6.5h2.5M2 9.5h2.5M11.5 6.5H14M11.5 9.5H14",
  prompt: "M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2zM5 6.2h6M5 8.5h4",
  index:
    "M3 4c0-1.1 2.2-1.8 5-1.8s5 .7 5 1.8-2.2 1.8-5 1.8S3 5.1 3 4zM3 4v8c0 1.1 2.2 1.8 5 1.8s5-.7 5-1.8V4M3 8c0 1.1 2.2 1.8 5 1.8s5-.7 5-1.8",
  dataset: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.2 3v10",
  agent:
    "M4 6h8a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM8 6V3.2M8 2.6h.01M6 9h.01M10 9h.01",
  tool: "M9.7 6.3a3.2 3.2 0 0 1 4-4L11.6 4.4l.5 1.5 1.5.5 0 0M13.9 4.5a3.2 3.2 0 0 1-4.2 3.4l-5 5a1.3 1.3 0 0 1-1.9-1.9l5-5",
  embed:
    "M3.5 3.5h.01M8 3.5h.01M12.5 3.5h.01M3.5 8h.01M8 8h.01M12.5 8h.01M3.5 12.5h.01M8 12.5h.01M12.5 12.5h.01",
  thumb_up:
    "M2.5 7.2h2.2v6.3H2.5zM4.7 7.4 7.4 2.3c1 0 1.7.8 1.5 1.8l-.4 2.3h3.6c1 0 1.6.9 1.4 1.8l-.9 4c-.2.8-.8 1.3-1.6 1.3H4.7",
  thumb_down:
    "M2.5 8.8h2.2V2.5H2.5zM4.7 8.6l2.7 5.1c1 0 1.7-.8 1.5-1.8l-.4-2.3h3.6c1 0 1.6-.9 1.4-1.8l-.9-4c-.2-.8-.8-1.3-1.6-1.3H4.7",
  span: "M3 8h10",
  settings: "M2.5 4.5h6M11.5 4.5h2M2.5 11.5h2M7.5 11.5h6M10 3v3M6 10v3",
  download: "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
  link: "M6.5 9.5l3-3M7 4.5l1.3-1.3a2.9 2.9 0 0 1 4.1 4.1L11 8.7M9 11.5l-1.3 1.3a2.9 2.9 0 0 1-4.1-4.1L5 7.3",
} as const;

export type IconName = keyof typeof PATHS;

const HEAVY: ReadonlySet<IconName> = new Set(["more", "embed"]);

interface Props {
  name: IconName;
  size?: number;
}

export function Icon({ name, size = 16 }: Props) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={HEAVY.has(name) ? 2 : 1.35}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      style={{ flex: "none", display: "block" }}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
