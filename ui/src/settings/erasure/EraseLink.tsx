import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/session";
import { useWords } from "@/i18n/useWords";
import type { SubjectSearch } from "./subject";

/** From the page of a user, a session or a trace to where it is counted and erased; only for who may. */
export function EraseLink({ search }: { search: SubjectSearch }) {
  const { t } = useWords();
  if (!useMay("admin")) return null;
  return (
    <Link className="dim quiet-link" to="/settings/erasure" search={search}>
      {t("erasure.link")}
    </Link>
  );
}
