import type { HttpAnswer } from "./http-door.ts";

/**
 * The answer as a machine's app gets it. A server that asks to wait means real seconds, which are
 * `speed` times as many to an app whose clock runs so fast: without this it would come back too soon.
 */
export const pacedResponse = (
  { status, retryAfter, text }: HttpAnswer,
  speed: number,
): Response => {
  const longer = (seconds: string): string => String(Math.ceil(Number(seconds) * speed));
  const body = text.replace(
    /("retryAfterSeconds":)(\d{1,6})/,
    (_all, name: string, seconds: string) => `${name}${longer(seconds)}`,
  );
  return new Response(status === 204 ? null : status === 429 ? body : text, {
    status,
    headers: retryAfter === null ? {} : { "retry-after": longer(retryAfter) },
  });
};
