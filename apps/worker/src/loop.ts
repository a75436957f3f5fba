/**
 * Work that comes back. A loop is **waiting** or **working**, never twice at once. Waking it while it
 * waits starts the work, while it works makes it work once more. Stopping lets the work finish.
 */
export interface Loop {
  wake(): void;
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly everyMs: number;
  readonly work: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Starts working at once. An error of the work is told to `onError` and ends nothing. */
export const startLoop = ({ everyMs, work, onError }: LoopOptions): Loop => {
  let stopped = false;
  let woken = false;
  let endWait: () => void = () => undefined;

  const wait = () =>
    new Promise<void>((resolve) => {
      if (woken || stopped) return resolve();
      const timer = setTimeout(resolve, everyMs);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const repeat = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      try {
        await work();
      } catch (error) {
        onError(error);
        // Whatever is broken gets time to mend, however often somebody knocks.
        woken = false;
      }
      await wait();
    }
  };
  const ended = repeat();

  return {
    wake: () => {
      woken = true;
      endWait();
    },
    stop: async () => {
      stopped = true;
      endWait();
      await ended;
    },
  };
};
