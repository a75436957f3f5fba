import { expect, test } from "vitest";
import { readClusterUrl } from "./cluster-address.ts";

test.each([
  ["redis://10.0.0.1:7000", { host: "10.0.0.1", port: 7000 }, {}],
  ["redis://redis.example", { host: "redis.example", port: 6379 }, {}],
  ["redis://:p%40ss@h:1", { host: "h", port: 1 }, { password: "p@ss" }],
  [
    "rediss://me:secret@h",
    { host: "h", port: 6379 },
    { username: "me", password: "secret", tls: {} },
  ],
])("reads %s as a node and what each node is told", (url, node, credentials) => {
  expect(readClusterUrl(url)).toEqual({ node, credentials });
});
