import { createLatchkey } from "@latchkey/client";
import type { Latchkey, LatchkeyStorage, MachineIdentity } from "@latchkey/client";
import { Notification, powerMonitor } from "electron";
import type { Settings } from "./settings.ts";
import type { WorkFile } from "./work-file.ts";

const notify = (title: string, body: string): void => {
  if (Notification.isSupported()) new Notification({ title, body, silent: true }).show();
};

/** The SDK as this app embeds it: work is saved before a lapse, and waking up asks the server at once. */
export const startLicenseClient = ({
  settings,
  storage,
  machine,
  appVersion,
  work,
  onError,
}: {
  readonly settings: Settings;
  readonly storage: LatchkeyStorage;
  readonly machine: MachineIdentity;
  readonly appVersion: string;
  readonly work: WorkFile;
  readonly onError: (error: unknown) => void;
}): Latchkey => {
  const { host, product, publicKeys } = settings;
  const latchkey = createLatchkey({
    host,
    product,
    publicKeys,
    storage,
    machine,
    appVersion,
    onError,
    beforeLapse: async (minutesLeft) => {
      await work.settled();
      if (minutesLeft === 10) {
        notify("10 minutes left offline", "Save your work. Nothing will be lost.");
      }
    },
  });
  powerMonitor.on("resume", () => latchkey.networkReturned());
  // Takes up the license of the last run; without one the window asks for a key.
  void latchkey.acquire();
  return latchkey;
};
