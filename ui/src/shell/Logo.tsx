/** The ratchet wheel of a windlass with its pawl: the load goes up and does not slip back. */
export function Logo({ size = 20 }: { size?: number }) {
  const teeth = Array.from({ length: 8 }, (_, tooth) => {
    const angle = (tooth * Math.PI) / 4;
    const next = angle + Math.PI / 4;
    const at = (radius: number, turn: number) =>
      `${(12 + radius * Math.cos(turn)).toFixed(2)} ${(13 + radius * Math.sin(turn)).toFixed(2)}`;
    return `${tooth ? "L" : "M"}${at(8.6, angle)}L${at(6.2, next)}`;
  }).join("");
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={`${teeth}Z`} stroke="var(--accent)" />
      <circle cx="12" cy="13" r="2.2" stroke="var(--accent)" />
      <path d="M21.5 2.5 17 6" />
    </svg>
  );
}
