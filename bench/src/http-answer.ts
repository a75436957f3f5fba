/** One whole answer of HTTP/1.1, as much of it as a load generator must know. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** The server hangs up after it. */
  readonly closes: boolean;
}

const endOfHead = "\r\n\r\n";
/** A last chunk without trailers. JSON escapes line breaks, so no body of ours contains it. */
const lastChunk = "\r\n0\r\n\r\n";

const joinChunks = (chunked: string): string => {
  const chunks: string[] = [];
  for (let at = 0; ;) {
    const lineEnd = chunked.indexOf("\r\n", at);
    const length = Number.parseInt(chunked.slice(at, lineEnd), 16);
    if (!(length > 0)) return chunks.join("");
    chunks.push(chunked.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
};

/**
 * Reads `received`, one character a byte (latin1), in which nothing follows the answer: one request is under way on a
 * connection. Null while it is incomplete. Throws SyntaxError for what is no answer to a POST, RFC 9112.
 */
export const readAnswer = (received: string): HttpAnswer | null => {
  const headEnd = received.indexOf(endOfHead);
  if (headEnd < 0) return null;
  const head = received.slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  if (!head.startsWith("HTTP/1.1 ") || !(status >= 200)) {
    throw new SyntaxError(`This is no answer: ${head.slice(0, 100)}`);
  }
  const closes = /\r\nconnection: *close/i.test(head);
  const bodyStart = headEnd + endOfHead.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    if (received.length < bodyStart + Number(length)) return null;
    return { status, body: received.slice(bodyStart), closes };
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    if (!received.endsWith(lastChunk)) return null;
    return { status, body: joinChunks(received.slice(bodyStart)), closes };
  }
  if (status === 204) return { status, body: "", closes };
  throw new SyntaxError(`This answer has no length: ${head.slice(0, 500)}`);
};
