/** One line that is written over again on a terminal; elsewhere nothing. */
export interface Progress {
  show(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

const everyMs = 100;
const eraseLine = "\r\u001B[2K";

export const createProgress = (stream: NodeJS.WriteStream): Progress => {
  let shownMs = -Infinity;
  return {
    show: (text) => {
      if (!stream.isTTY || performance.now() - shownMs < everyMs) return;
      shownMs = performance.now();
      stream.write(`${eraseLine}${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear: () => {
      if (stream.isTTY) stream.write(eraseLine);
    },
  };
};
