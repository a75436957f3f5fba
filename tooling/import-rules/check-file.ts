import { isBuiltin } from "node:module";
import path from "node:path";
import { factsOf, type Import } from "./imports-of.ts";
import { domainOrder, doors, drivers, rooms, soleOwners, type Room } from "./table.ts";

export interface Violation {
  file: string;
  line: number;
  /** What is wrong, and the right door. */
  message: string;
}

const workspaceRoots = ["tooling", "bench", "packages/*/", "apps/*/"].map(
  (pattern) => new RegExp(`^${pattern.replace("*/", "[^/]+")}(?=/)`),
);

/** The workspace folder of a file: packages/core, apps/api, tooling; null for files at the root. */
const workspaceOf = (file: string): string | null => {
  for (const root of workspaceRoots) {
    const match = root.exec(file);
    if (match !== null) return match[0];
  }
  return null;
};

const roomOf = (file: string): [string, Room] | null => {
  const folder = Object.keys(rooms)
    .filter((name) => file.startsWith(`${name}/`))
    .toSorted((a, b) => b.length - a.length)[0];
  const room = folder === undefined ? undefined : rooms[folder];
  return folder === undefined || room === undefined ? null : [folder, room];
};

const isTest = (file: string): boolean => /\.(?:test|e2e)\.tsx?$/.test(file);

/** Settings of Vite, drizzle-kit and the like: tools read them, the product does not. */
const isToolConfig = (file: string): boolean =>
  path.posix.dirname(file) === workspaceOf(file) && /\.config\.[cm]?[jt]s$/.test(file);

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const matches = (pattern: string, specifier: string): boolean =>
  pattern.endsWith("/*") ? specifier.startsWith(pattern.slice(0, -1)) : pattern === specifier;

const mayImportWorkspace = (room: Room, { specifier, isType }: Import): boolean =>
  room.workspace === "all" ||
  room.workspace.some((entry) =>
    entry.startsWith("type ")
      ? isType && matches(entry.slice("type ".length), specifier)
      : matches(entry, specifier),
  );

const doorTo = (room: Room, target: string): string => room.doors?.[target] ?? doors[target] ?? "";

const judgePackage = (folder: string, room: Room, imported: Import): string | null => {
  const { specifier } = imported;
  const target = packageOf(specifier);
  const refuse = (door: string) => `${folder} may not import ${specifier}. ${door}`;
  if (target.startsWith("@latchkey/")) {
    // A package's own name is a way in that others have; inside, the path is plainer.
    return mayImportWorkspace(room, imported) ? null : refuse(doorTo(room, target));
  }
  if (isBuiltin(specifier)) return room.node ? null : refuse(doorTo(room, "node"));
  const owner = soleOwners[target];
  if (owner !== undefined && owner !== folder) return refuse(doorTo(room, target));
  if (room.libraries === "declared" || room.libraries.includes(target)) return null;
  return refuse(doorTo(room, target === "electron" ? "electron" : "library"));
};

const coreDomains = "packages/core/src/";

/** A file of queries: store.ts, or session-store.ts where a folder has several. */
const storeFile = /(?:^|\/|-)store\.ts$/;

const domainOf = (file: string): string | null => {
  const [first, ...rest] = file.startsWith(coreDomains)
    ? file.slice(coreDomains.length).split("/")
    : [];
  return first !== undefined && rest.length > 0 && domainOrder.some((name) => name === first)
    ? first
    : null;
};

/** Between the domains of core: by the index, and only backwards in the order. */
const judgeDomains = (file: string, target: string): string | null => {
  const from = domainOf(file);
  const to = domainOf(target);
  if (to === null || from === to) return null;
  const index = `${coreDomains}${to}/index.ts`;
  if (target !== index) {
    return `${path.posix.basename(file)} may not reach into core's ${to} (${target}). Use what ${index} offers, or let it offer more.`;
  }
  const rank = (domain: string) => domainOrder.findIndex((name) => name === domain);
  if (from === null || isTest(file) || rank(to) < rank(from)) return null;
  return `core's ${from} may not call ${to}, which comes after it (${domainOrder.join(", ")}). Emit an event in the transaction; the worker lets ${to} react.`;
};

/** What stands below the domains (audit, operations …) is open to all of them, but for its queries. */
const judgeStores = (file: string, target: string): string | null => {
  const folder = path.posix.dirname(target);
  const isStore = folder.startsWith(coreDomains) && storeFile.test(target);
  if (!isStore || path.posix.dirname(file) === folder) return null;
  return `${path.posix.basename(file)} may not query through ${target}. Use what the files beside it offer, or let them offer more.`;
};

/** What to do instead of reaching into another workspace: its name, or its door where there is no way in. */
const wayInto = (file: string, other: string, { isType, line }: Import): string => {
  const name = `@latchkey/${path.posix.basename(other)}`;
  const [folder, room] = roomOf(file) ?? [];
  const byName = { specifier: name, isType, line };
  return (
    (folder && room && judgePackage(folder, room, byName)) ??
    `Import the package by its name: ${name}.`
  );
};

const judgePath = (file: string, imported: Import): string | null => {
  const target = path.posix.join(path.posix.dirname(file), imported.specifier);
  const workspace = workspaceOf(file);
  if (workspace !== null && !target.startsWith(`${workspace}/`)) {
    const other = workspaceOf(target);
    const refusal = `${workspace} may not reach into ${other ?? "the root"} by path (${imported.specifier}).`;
    return other === null
      ? `${refusal} Pass the value in.`
      : `${refusal} ${wayInto(file, other, imported)}`;
  }
  if (isTest(file)) return judgeDomains(file, target);
  const licenseCrypto = "packages/license-crypto/src/";
  if (file.startsWith(`${licenseCrypto}verify/`) && target.startsWith(`${licenseCrypto}sign/`)) {
    return "license-crypto/verify may not import ./sign: it runs on customers' machines, where nothing signs. Put what both need beside the two folders.";
  }
  const desktop = "apps/desktop/src/";
  if (file.startsWith(`${desktop}renderer/`) && !imported.isType) {
    if (target.startsWith(`${desktop}main/`) || target.startsWith(`${desktop}preload/`)) {
      return `apps/desktop/src/renderer may not load ${target.slice(desktop.length)}: the window sees neither Node nor Electron. ${doors["electron"] ?? ""}`;
    }
  }
  return judgeDomains(file, target) ?? judgeStores(file, target);
};

/** The pure rules of core take facts and give decisions; types of the rest are welcome, code is not. */
const judgeRules = (file: string, imported: Import): string | null => {
  if (!file.startsWith(coreDomains) || !file.endsWith("-rules.ts") || imported.isType) return null;
  const { specifier } = imported;
  const isDriver = drivers.includes(packageOf(specifier)) || storeFile.test(specifier);
  if (!isDriver && !isBuiltin(specifier)) return null;
  return `${path.posix.basename(file)} may not import ${specifier}: rules are pure. Gather the facts in the verb and pass them in.`;
};

const judgeImport = (file: string, imported: Import): string | null => {
  if (imported.specifier.startsWith(".")) {
    return judgeRules(file, imported) ?? judgePath(file, imported);
  }
  const found = roomOf(file);
  if (found === null || isTest(file)) return null;
  const [folder, room] = found;
  return judgeRules(file, imported) ?? judgePackage(folder, room, imported);
};

const mayReadEnvironment = (file: string): boolean =>
  isTest(file) || file.startsWith("tooling/") || path.posix.basename(file) === "env.ts";

/** Judges one source file by the table. `file` is relative to the root, with forward slashes. */
export const checkFile = (file: string, source: string): Violation[] => {
  if (workspaceOf(file) === null || isToolConfig(file)) return [];
  const { imports, environmentReads } = factsOf(file, source);
  const violations = imports.flatMap((imported): Violation[] => {
    const message = judgeImport(file, imported);
    return message === null ? [] : [{ file, line: imported.line, message }];
  });
  if (!mayReadEnvironment(file)) {
    for (const line of environmentReads) {
      violations.push({
        file,
        line,
        message: `${path.posix.basename(file)} may not read process.env. Parse it in the app's env.ts and pass the value.`,
      });
    }
  }
  return violations;
};
