import { ipcMain } from "electron";
import type { IpcMainInvokeEvent } from "electron";
import type { z } from "zod";
import type { Requests } from "../ipc.ts";
import { isOnOrigin } from "./trusted-origin.ts";

type Answer = (given: readonly unknown[]) => unknown;

/** One answer per channel of the border; a missing one does not compile. */
export type Handlers = Readonly<Record<keyof Requests, Answer>>;

/** An answer that parses what the window gave before it acts on it. */
export const answers =
  <Name extends keyof Requests>(
    input: z.ZodType<Parameters<Requests[Name]>>,
    answer: (
      ...input: Parameters<Requests[Name]>
    ) => ReturnType<Requests[Name]> | Promise<ReturnType<Requests[Name]>>,
  ): Answer =>
  (given) => {
    const parsed = input.safeParse(given);
    if (!parsed.success) throw new Error("A request of the window had a wrong input");
    return answer(...parsed.data);
  };

/** Only the top frame of our own page is answered: not a frame in it, not a page that took its place. */
const isTrustedSender = ({ senderFrame }: IpcMainInvokeEvent, origin: string): boolean =>
  senderFrame !== null && senderFrame.parent === null && isOnOrigin(senderFrame.url, origin);

/** Answers every channel to the window on `origin`, and to nobody else: the one place where main is asked. */
export const handleRequests = (handlers: Handlers, origin: string): void => {
  for (const [channel, answer] of Object.entries(handlers)) {
    ipcMain.handle(channel, async (event, ...given: unknown[]) => {
      if (!isTrustedSender(event, origin)) throw new Error(`${channel} was asked by a stranger`);
      return answer(given);
    });
  }
};
