/** Requests of the demonstration over REST, as a customer's browser and the staff's would send them. */
import { setTimeout as sleep } from "node:timers/promises";
import { SandboxMail } from "@latchkey/contracts";
import { z } from "zod";
import { OperatorError } from "../services/index.ts";
import type { Login } from "./welcome.ts";

interface Request {
  method: "GET" | "POST";
  path: string;
  token?: string;
  body?: unknown;
}

const SignIn = z.object({ token: z.string() });
const Mails = z.object({ items: z.array(SandboxMail) });

/** Sends a request and parses the answer. Throws OperatorError naming the step that the server refused. */
export const send = async <Answer extends z.ZodType>(
  baseUrl: string,
  { method, path, token, body }: Request,
  answer: Answer,
): Promise<z.output<Answer>> => {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      origin: baseUrl,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new OperatorError(
      `The demonstration failed: ${method} ${path} answered ${response.status} ${text.slice(0, 300)}; \`npm start -- --no-demo\` leaves it out.`,
    );
  }
  return answer.parse(JSON.parse(text));
};

/** Signs in and answers the bearer token. */
export const signIn = async (baseUrl: string, login: Login): Promise<string> => {
  const { token } = await send(
    baseUrl,
    { method: "POST", path: "/api/auth/sign-in/email", body: login },
    SignIn,
  );
  return token;
};

/** The mail is sent by the worker, a moment after the fact that it tells; 20 s is far more than it takes. */
export const waitForMail = async (
  baseUrl: string,
  staffToken: string,
  to: string,
  template: SandboxMail["template"],
): Promise<SandboxMail> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { items } = await send(
      baseUrl,
      {
        method: "GET",
        path: `/api/v1/sandbox/mails?to=${encodeURIComponent(to)}`,
        token: staffToken,
      },
      Mails,
    );
    const mail = items.find((item) => item.template === template);
    if (mail !== undefined) return mail;
    await sleep(100);
  }
  throw new OperatorError(
    `The demonstration failed: the mail "${template}" did not arrive; see .latchkey/logs/worker.log, or leave it out with \`npm start -- --no-demo\`.`,
  );
};
