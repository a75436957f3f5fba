/**
 * Saves one after another, the newest text last: of several that come while one is being written
 * only the latest is, and a failure is reported and forgotten. `settled` waits for the last one.
 */
export const createTextSaver = (
  save: (text: string) => Promise<void>,
  onError: (error: unknown) => void,
) => {
  let waiting: string | null = null;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (waiting !== null) {
      const text = waiting;
      waiting = null;
      try {
        await save(text);
      } catch (error) {
        onError(error);
      }
    }
    running = null;
  };

  return {
    save: (text: string): void => {
      waiting = text;
      running ??= run();
    },
    settled: async (): Promise<void> => {
      await running;
    },
  };
};
