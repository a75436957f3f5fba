import { useEffect, useId, useRef, useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";

/** A modal window by the browser's own <dialog>: focus stays inside, Esc closes, focus returns. */
export const Dialog = ({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement => {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="stack">
        <h2 id={titleId}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
};

interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen, to whom, and what stays. */
  readonly effect: ReactNode;
  /** The verb of the deed: "End session". */
  readonly confirmLabel: string;
  /** What must be typed before the deed, for one that cannot be undone. */
  readonly typed?: { readonly label: string; readonly phrase: string };
  readonly busy: boolean;
  /** What went wrong at the last try. */
  readonly failure?: ReactNode;
  readonly children?: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before a deed that reaches other people; the harmless way out comes first. */
export const ConfirmDialog = ({
  title,
  effect,
  confirmLabel,
  typed,
  busy,
  failure,
  children,
  onConfirm,
  onClose,
}: ConfirmDialogProps): ReactElement => {
  const [phrase, setPhrase] = useState("");
  const [tried, setTried] = useState(false);
  const mistyped =
    typed !== undefined && phrase.trim().toLowerCase() !== typed.phrase.toLowerCase();
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!mistyped) onConfirm();
        }}
      >
        <div>{effect}</div>
        {children}
        {typed && (
          <Field
            label={typed.label}
            value={phrase}
            onChange={(event) => setPhrase(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            error={tried && mistyped ? `Type ${typed.phrase} exactly to go on.` : null}
          />
        )}
        {failure}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" busy={busy}>
            {confirmLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
};
