import { expect, test } from "vitest";
import type { Host } from "./host.ts";
import { obtainRedis } from "./redis-program.ts";

/** A machine with these programs, on which a command may add another. */
const machine = (
  has: string[],
  { isRoot = false, adds = {} as Record<string, string>, fails = [] as string[] } = {},
) => {
  const programs = new Set(has);
  const ran: string[] = [];
  const host: Host = {
    find: (program) => (programs.has(program) ? `/bin/${program}` : null),
    run: (command, args) => {
      const line = [command, ...args].join(" ");
      ran.push(line);
      const added = adds[line];
      if (added !== undefined) programs.add(added);
      return !fails.some((start) => line.startsWith(start));
    },
    isRoot,
    report: () => undefined,
  };
  return { host, ran };
};

const install = "apt-get install -y --no-install-recommends redis-server";

test("takes a server that is there and runs nothing", () => {
  const { host, ran } = machine(["redis-server", "apt-get", "docker"]);
  expect(obtainRedis(host)).toEqual({ kind: "program", path: "/bin/redis-server" });
  expect(ran).toEqual([]);
});

test("installs one as root, and turns off the system service that comes along", () => {
  const { host, ran } = machine(["apt-get", "systemctl"], {
    isRoot: true,
    adds: { [install]: "redis-server" },
  });
  expect(obtainRedis(host)).toEqual({ kind: "program", path: "/bin/redis-server" });
  expect(ran).toContain("systemctl disable --now redis-server");
});

test("installs nothing where that would ask for a password, and takes Docker", () => {
  const { host, ran } = machine(["apt-get", "sudo", "docker"], { fails: ["sudo"] });
  expect(obtainRedis(host)).toEqual({ kind: "docker" });
  expect(ran).not.toContain(`sudo -n ${install}`);
});

test.each([
  ["nothing is there", machine([])],
  ["Docker does not run", machine(["docker"], { fails: ["docker info"] })],
  ["the installation fails", machine(["apt-get"], { isRoot: true, fails: ["apt-get"] })],
])("names the three ways out when %s", (_case, { host }) => {
  expect(() => obtainRedis(host)).toThrow(
    /install redis-server .*, or start Docker, or set REDIS_URL/,
  );
});
