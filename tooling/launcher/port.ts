import { createServer } from "node:net";
import { OperatorError } from "../services/operator-error.ts";

const refusalOf = (port: number, host: string | undefined): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });

/** Throws OperatorError when this user cannot listen on the port, on all addresses or on 127.0.0.1. */
export const demandPort = async (port: number): Promise<void> => {
  const refusal = (await refusalOf(port, undefined)) ?? (await refusalOf(port, "127.0.0.1"));
  if (refusal === null) return;
  const other = port === 4700 ? 4800 : 4700;
  throw new OperatorError(
    refusal === "EACCES"
      ? `This user may not listen on port ${port}: choose a port from 1024 on, for example PORT=${other} npm start.`
      : `Port ${port} is in use by another program: stop that program, or choose another port, for example PORT=${other} npm start.`,
  );
};
