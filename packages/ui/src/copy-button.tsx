import { useEffect, useState } from "react";
import type { ReactElement } from "react";
import { Button } from "./button.tsx";

/** Copies a text and says so, also to a screen reader; says so too where the browser refuses. */
export const CopyButton = ({
  text,
  label = "Copy",
}: {
  readonly text: string;
  readonly label?: string;
}): ReactElement => {
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), 2_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  };
  return (
    <>
      <Button small onClick={() => void copy()}>
        {outcome === "copied" ? "Copied" : label}
      </Button>
      <span role="status" className={outcome === "refused" ? "field-hint" : "visually-hidden"}>
        {outcome === "copied" && "Copied to the clipboard"}
        {outcome === "refused" && "The browser refused; select the text and copy it."}
      </span>
    </>
  );
};
