/** The whole main process over an Electron that only remembers; the server is a fetch that never answers. */
import { EventEmitter } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Handler = (event: unknown, ...given: unknown[]) => unknown;

const electron = vi.hoisted(() => ({
  directory: "",
  isFirst: true,
  isPackaged: false,
  handlers: new Map<string, (event: unknown, ...given: unknown[]) => unknown>(),
  windows: [] as unknown[],
  log: [] as string[],
  opened: [] as string[],
  errors: [] as string[],
  permissions: null as null | ((contents: unknown, name: string, answer: unknown) => void),
  app: null as null | EventEmitter,
  power: null as null | EventEmitter,
}));

vi.mock("electron", async () => {
  const { EventEmitter: Emitter } = await import("node:events");
  class App extends Emitter {
    get isPackaged() {
      return electron.isPackaged;
    }
    requestSingleInstanceLock = () => electron.isFirst;
    whenReady = async () => {};
    getPath = (name: string) => join(electron.directory, name);
    getVersion = () => "1.2.3";
    quit = () => {
      const preventDefault = vi.fn();
      this.emit("before-quit", { preventDefault });
      electron.log.push(preventDefault.mock.calls.length > 0 ? "quit held" : "quit");
    };
    exit = (code: number) => electron.log.push(`exit ${code}`);
  }
  const app = new App();
  electron.app = app;
  const powerMonitor = new Emitter();
  electron.power = powerMonitor;
  class BrowserWindow {
    readonly options: unknown;
    readonly loaded: string[] = [];
    readonly webContents = { send: () => {} };
    constructor(options: unknown) {
      this.options = options;
      electron.windows.push(this);
    }
    static getAllWindows = () => electron.windows;
    once() {}
    isMinimized = () => true;
    restore = () => electron.log.push("restore");
    show = () => electron.log.push("show");
    focus = () => electron.log.push("focus");
    loadURL = async (url: string) => void this.loaded.push(url);
  }
  return {
    app,
    powerMonitor,
    BrowserWindow,
    Notification: { isSupported: () => false },
    dialog: {
      showErrorBox: (_title: string, text: string) => electron.errors.push(text),
    },
    ipcMain: { handle: (name: string, run: Handler) => electron.handlers.set(name, run) },
    protocol: {
      registerSchemesAsPrivileged: () => electron.log.push("scheme"),
      handle: (scheme: string) => electron.log.push(`serve ${scheme}`),
    },
    safeStorage: {
      isEncryptionAvailable: () => false,
      getSelectedStorageBackend: () => "basic_text",
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (run: typeof electron.permissions) =>
          (electron.permissions = run),
        setPermissionCheckHandler: () => {},
      },
    },
    shell: { openExternal: async (url: string) => void electron.opened.push(url) },
  };
});

const settings = {
  appName: "Latch",
  keyPrefix: "LATCH",
  host: "http://localhost:4799",
  product: "0190b8a0-0000-7000-8000-000000000001",
  publicKeys: {
    keys: [
      {
        kty: "OKP",
        crv: "Ed25519",
        alg: "EdDSA",
        use: "sig",
        kid: "k1",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      },
    ],
  },
};

const ours = { senderFrame: { url: "latchkey-window://app/index.html", parent: null } };
const ask = async (channel: string, event: unknown, ...given: unknown[]): Promise<unknown> => {
  const handler = electron.handlers.get(channel);
  if (handler === undefined) throw new Error(`Nobody answers ${channel}.`);
  return handler(event, ...given);
};

const startApp = async () => {
  const { main } = await import("./index.ts");
  await main();
};

beforeEach(async () => {
  vi.resetModules();
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("fetch failed")));
  Object.assign(electron, {
    directory: await mkdtemp(join(tmpdir(), "latchkey-main-")),
    isFirst: true,
    isPackaged: false,
    windows: [],
    log: [],
    opened: [],
    errors: [],
  });
  electron.handlers.clear();
  electron.app?.removeAllListeners();
  electron.power?.removeAllListeners();
  const path = join(electron.directory, "settings.json");
  await writeFile(path, JSON.stringify(settings));
  vi.stubEnv("LATCHKEY_DESKTOP_SETTINGS", path);
  vi.stubEnv("ELECTRON_RENDERER_URL", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await rm(electron.directory, { recursive: true });
});

describe("main", () => {
  it("shows one sandboxed, isolated window of our own scheme", async () => {
    await startApp();
    expect(electron.windows).toMatchObject([
      {
        loaded: ["latchkey-window://app/index.html"],
        options: {
          webPreferences: {
            sandbox: true,
            contextIsolation: true,
            nodeIntegration: false,
            webSecurity: true,
          },
        },
      },
    ]);
    expect(electron.log).toEqual(["scheme", "serve latchkey-window"]);
    expect(electron.power?.listenerCount("resume")).toBe(1);
  });

  it("gives way to the instance that runs, which comes to the front", async () => {
    electron.isFirst = false;
    await startApp();
    expect(electron.windows).toEqual([]);
    expect(electron.log).toEqual(["scheme", "quit"]);

    electron.isFirst = true;
    vi.resetModules();
    await startApp();
    electron.log.length = 0;
    electron.app?.emit("second-instance");
    expect(electron.log).toEqual(["restore", "show", "focus"]);
  });

  it("lets a page open no window, go nowhere else and use no permission but copying", async () => {
    await startApp();
    const contents = Object.assign(new EventEmitter(), {
      opener: null as null | (() => unknown),
      setWindowOpenHandler(run: () => unknown) {
        this.opener = run;
      },
    });
    electron.app?.emit("web-contents-created", {}, contents);
    expect(contents.opener?.()).toEqual({ action: "deny" });
    const goes = (kind: string, url: string): boolean => {
      const event = { url, preventDefault: vi.fn() };
      contents.emit(kind, event);
      return event.preventDefault.mock.calls.length === 0;
    };
    for (const kind of ["will-navigate", "will-redirect", "will-frame-navigate"]) {
      expect(goes(kind, "https://evil.example/")).toBe(false);
      expect(goes(kind, "file:///etc/passwd")).toBe(false);
      expect(goes(kind, "latchkey-window://app/index.html")).toBe(true);
    }
    expect(goes("will-attach-webview", "latchkey-window://app/index.html")).toBe(false);
    const may = (name: string) => {
      const answer = vi.fn();
      electron.permissions?.({}, name, answer);
      return answer.mock.calls;
    };
    expect(may("geolocation")).toEqual([[false]]);
    expect(may("clipboard-sanitized-write")).toEqual([[true]]);
  });

  it.each([
    ["another page", { senderFrame: { url: "https://evil.example/", parent: null } }],
    ["a frame in our page", { senderFrame: { ...ours.senderFrame, parent: {} } }],
    ["a frame that is gone", { senderFrame: null }],
  ])("answers no channel to %s", async (_who, event) => {
    await startApp();
    expect(electron.handlers.size).toBe(14);
    for (const channel of electron.handlers.keys()) {
      await expect(ask(channel, event)).rejects.toThrow("by a stranger");
    }
    expect(electron.log).not.toContain("quit held");
  });

  it("refuses an input that is not the border's", async () => {
    await startApp();
    for (const given of [[], [1], ["a", "b"], [{ length: 1 }], ["x".repeat(65_537)]]) {
      await expect(ask("activate", ours, ...given)).rejects.toThrow("wrong input");
    }
    await expect(ask("openPortal", ours, "https://evil.example")).rejects.toThrow("wrong input");
    expect(electron.opened).toEqual([]);
  });

  it("tells the window what it is, keeps its work and opens the vendor's portal alone", async () => {
    await startApp();
    expect(await ask("about", ours)).toMatchObject({
      appName: "Latch",
      appVersion: "1.2.3",
      host: "localhost:4799",
      licenseKeptIn: "plain_file",
    });
    expect(await ask("state", ours)).toMatchObject({ name: "unlicensed" });
    await ask("saveWork", ours, "The draft");
    expect(await ask("readWork", ours)).toBe("The draft");
    const workPath = join(electron.directory, "documents", "Latch", "notes.txt");
    expect(await readFile(workPath, "utf8")).toBe("The draft");
    await ask("openPortal", ours);
    expect(electron.opened).toEqual(["http://localhost:4799"]);
  });

  it("answers a wrong key without asking anybody", async () => {
    await startApp();
    expect(await ask("activate", ours, "hello")).toMatchObject({
      ok: false,
      error: { code: "KEY_MALFORMED" },
    });
  });

  it("finishes before it quits, once, and then quits", async () => {
    await startApp();
    await ask("quit", ours);
    expect(electron.log.at(-1)).toBe("quit held");
    await vi.waitFor(() => expect(electron.log.at(-1)).toBe("quit"));
    expect(await ask("acquire", ours)).toMatchObject({ ok: false, error: { code: "STOPPED" } });
  });

  it("names what is wrong with the settings, and ends", async () => {
    await writeFile(
      join(electron.directory, "settings.json"),
      JSON.stringify({ ...settings, product: "?" }),
    );
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await startApp();
    stderr.mockRestore();
    expect(electron.errors.join()).toContain("product: must be the product's id");
    expect(electron.log).toContain("exit 1");
  });

  it("reads no settings from the environment once it is packaged", async () => {
    electron.isPackaged = true;
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await startApp();
    stderr.mockRestore();
    // The built-in file is the vendor's to fill, so it is refused here.
    expect(electron.errors.join()).toContain(
      "publicKeys.keys: must hold the product's public keys",
    );
  });
});
