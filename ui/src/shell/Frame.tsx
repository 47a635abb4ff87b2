import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { isStatus } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { isDialogOpen, isTyping } from "@/components/Panel";
import { ErrorState } from "@/components/States";
import { useWords } from "@/i18n/useWords";
import styles from "./Frame.module.css";
import { Rail } from "./Rail";

const SignIn = lazy(() => import("./SignIn").then((module) => ({ default: module.SignIn })));

/** Asks who is there; then the rail, the page and the command palette. */
export function Frame() {
  const session = useQuery(sessionQuery());
  if (isStatus(session.error, 401)) {
    return (
      <Suspense fallback={null}>
        <SignIn />
      </Suspense>
    );
  }
  if (session.isError) return <ErrorState error={session.error} retry={() => void session.refetch()} />;
  if (!session.data) return null;
  return <SignedIn />;
}

function SignedIn() {
  const { t } = useWords();
  const [palette, setPalette] = useState(false);
  const [paletteModule, setPaletteModule] = useState<typeof import("./Palette")>();
  const main = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });

  // Not in the first load, and there before somebody asks for it: from then on it opens within the key stroke.
  useEffect(() => {
    void import("./Palette").then((module) => setPaletteModule(module));
  }, []);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const command = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k";
      const slash = event.key === "/" && !isTyping(event) && !isDialogOpen();
      if (!command && !slash) return;
      event.preventDefault();
      setPalette((shown) => (command ? !shown : true));
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page starts at its top
  useEffect(() => {
    main.current?.scrollTo(0, 0);
    // On a phone the rail scrolls, and the place may be out of sight.
    document.querySelector("nav [aria-current=page]")?.scrollIntoView({ block: "nearest" });
  }, [path]);

  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        {t("nav.skip")}
      </a>
      <Rail onSearch={() => setPalette(true)} />
      <main id="main" ref={main} className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      {palette && paletteModule && <paletteModule.Palette onClose={() => setPalette(false)} />}
    </div>
  );
}
