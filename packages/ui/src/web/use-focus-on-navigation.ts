import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** Moves the reader to the new page after a link, as the browser does for whole documents. */
export const useFocusOnNavigation = (): void => {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    document.getElementById("main")?.focus();
  }, [pathname]);
};
