/** What the window gets from us: one named function per channel, and no way to name another. */
import { contextBridge, ipcRenderer } from "electron";
import type { IpcRendererEvent } from "electron";
import type { Bridge, LatchkeyState, Notices, Requests } from "../ipc.ts";

const ask = <Name extends keyof Requests>(
  channel: Name,
  ...input: Parameters<Requests[Name]>
): Promise<ReturnType<Requests[Name]>> => ipcRenderer.invoke(channel, ...input);

const bridge: Bridge = {
  about: () => ask("about"),
  state: () => ask("state"),
  judgeKey: (text) => ask("judgeKey", text),
  activate: (text) => ask("activate", text),
  acquire: () => ask("acquire"),
  release: () => ask("release"),
  tryNow: () => ask("tryNow"),
  networkReturned: () => ask("networkReturned"),
  importLicenseFile: (text) => ask("importLicenseFile", text),
  readLicense: () => ask("readLicense"),
  openPortal: () => ask("openPortal"),
  readWork: () => ask("readWork"),
  saveWork: (text) => ask("saveWork", text),
  quit: () => ask("quit"),
  onState: (listener) => {
    const channel: keyof Notices = "state";
    // The event would hand the sender, and with it every channel, to the page.
    const hear = (_event: IpcRendererEvent, state: LatchkeyState): void => listener(state);
    ipcRenderer.on(channel, hear);
    return () => void ipcRenderer.removeListener(channel, hear);
  },
};

contextBridge.exposeInMainWorld("latchkey", bridge);
