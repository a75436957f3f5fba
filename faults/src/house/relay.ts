/**
 * Passes connections on to a Unix domain socket, as a program of its own that can stand in another network
 * namespace: `relay.ts ADDRESS PORT SOCKET`. Says `ready` once it listens.
 */
import { connect, createServer } from "node:net";

const [address = "", port = "", socketPath = ""] = process.argv.slice(2);

const server = createServer({ noDelay: true, allowHalfOpen: false }, (near) => {
  const far = connect(socketPath);
  const end = (): void => {
    near.destroy();
    far.destroy();
  };
  for (const socket of [near, far]) socket.on("error", end).on("close", end);
  near.pipe(far).pipe(near);
});
server.listen(Number(port), address, () => process.stdout.write("ready\n"));
process.stdin.resume().on("end", () => process.exit());
