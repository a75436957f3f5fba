import { Button, Field, Notice } from "@latchkey/ui";
import { useEffect, useRef, useState } from "react";
import type { ClipboardEvent, ReactElement } from "react";
import type { About, KeyJudgement, LatchkeyError } from "../ipc.ts";
import { bridge } from "./bridge.ts";
import { ErrorDetails } from "./error-details.tsx";
import { errorWords, mistypedWords } from "./error-words.ts";
import { activatingWords } from "./state-words.ts";
import { useNow } from "./window-hooks.ts";

/** Longer than any key as a person types it: a mail, or a page of one. */
const LONGEST_TYPED_KEY = 48;

const EXAMPLE = "LATCH-XXXX-XXXX-XXXX-XXXX-XXXX";

const Waiting = ({ about }: { readonly about: About }): ReactElement => {
  const [sinceMs] = useState(() => Date.now());
  const nowMs = useNow(1_000);
  return <span role="status">{activatingWords((nowMs - sinceMs) / 1_000, about)}</span>;
};

/** Judges what is in the field; an answer that a newer text overtook is dropped. */
const useJudgement = (text: string): KeyJudgement => {
  const [judged, setJudged] = useState<KeyJudgement>({ kind: "empty" });
  useEffect(() => {
    let current = true;
    void bridge.judgeKey(text).then((judgement) => {
      if (current) setJudged(judgement);
    });
    return () => {
      current = false;
    };
  }, [text]);
  return judged;
};

const errorOf = (judged: KeyJudgement, tried: boolean): string | null => {
  if (judged.kind === "mistyped") return mistypedWords(judged.group);
  if (!tried || judged.kind === "complete") return null;
  return judged.kind === "empty" ? "Enter your license key." : "The key is not complete yet.";
};

/** One field that takes a key in any form, judged while it is typed. */
export const ActivateForm = ({
  about,
  busy,
  problem,
  onCancel,
}: {
  readonly about: About;
  /** The server is being asked. */
  readonly busy: boolean;
  /** What came of the last try. */
  readonly problem: LatchkeyError | null;
  /** Back to where one came from; null where this is the beginning. */
  readonly onCancel: (() => void) | null;
}): ReactElement => {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [failure, setFailure] = useState<LatchkeyError | null>(null);
  const [isEdited, setEdited] = useState(false);
  const field = useRef<HTMLDivElement>(null);
  const judged = useJudgement(text);
  useEffect(() => field.current?.querySelector("input")?.focus(), []);

  const write = (next: string): void => {
    setText(next);
    setTried(false);
    setEdited(true);
  };
  const paste = async (pasted: string): Promise<void> => {
    const judgement = await bridge.judgeKey(pasted);
    write(judgement.kind === "complete" ? judgement.key : pasted.replace(/\s+/g, " ").trim());
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = event.clipboardData.getData("text");
    if (pasted.trim().length <= LONGEST_TYPED_KEY && text !== "") return;
    event.preventDefault();
    void paste(pasted.slice(0, 65_536));
  };
  const submit = async (): Promise<void> => {
    setTried(true);
    // Asked again: a fast typist presses Enter before the judgement of the last symbol is here.
    const judgement = await bridge.judgeKey(text);
    if (judgement.kind !== "complete") return;
    setEdited(false);
    setFailure(null);
    const outcome = await bridge.activate(judgement.key);
    if (!outcome.ok) setFailure(outcome.error);
  };

  // What was said of another key would be said of this one.
  const shown = isEdited || busy ? null : (failure ?? problem);
  const words = shown ? errorWords(shown, about) : null;
  return (
    <form
      className="form form-narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div ref={field}>
        <Field
          label="License key"
          value={text}
          onChange={(event) => write(event.target.value)}
          onPaste={onPaste}
          readOnly={busy}
          placeholder={EXAMPLE}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          error={errorOf(judged, tried)}
          hint={
            judged.kind === "complete"
              ? "✓ The key is complete."
              : "As it stands in your mail, in any form. The whole mail will do."
          }
        />
      </div>
      {words && shown && (
        <Notice tone={shown.code === "NETWORK" ? "notice" : "bad"}>
          <strong>{words.headline}</strong>
          <p>{words.body}</p>
          <ErrorDetails error={shown} />
        </Notice>
      )}
      <div className="row">
        <Button type="submit" variant="primary" busy={busy}>
          Continue
        </Button>
        {busy && <Button onClick={() => void bridge.release()}>Cancel</Button>}
        {!busy && onCancel && <Button onClick={onCancel}>Back</Button>}
        {busy && <Waiting about={about} />}
      </div>
    </form>
  );
};
