const readyForQuery = 0x5a; // Z
const sync = 0x53; // S
const simpleQuery = 0x51; // Q
const headerBytes = 5;

/** Says whether PostgreSQL owes an answer, from what passes over one connection in both directions. */
export interface ReplyMeter {
  /** Whole messages of the driver, as it writes them. */
  readonly asked: (chunk: Uint8Array) => void;
  /** What the server sent, cut anywhere. */
  readonly heard: (chunk: Uint8Array) => void;
  readonly owes: () => boolean;
}

/** A startup message, the only one without a type, begins with the high byte of its length, which is 0. */
const countRequests = (chunk: Uint8Array): number => {
  if (chunk[0] === 0) return 1;
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let count = 0;
  for (let at = 0; at + headerBytes <= chunk.length; at += 1 + view.getUint32(at + 1)) {
    if (chunk[at] === sync || chunk[at] === simpleQuery) count += 1;
  }
  return count;
};

/**
 * Counts by the frontend/backend protocol (version 3.0): the startup, each Sync and each simple query is answered by
 * one ReadyForQuery, whatever comes before it. What is written without one of them (a Flush, a password) is owed
 * some answer.
 */
export const createReplyMeter = (): ReplyMeter => {
  let pending = 0;
  let flushed = false;
  const header = Buffer.alloc(headerBytes);
  let headerFilled = 0;
  let bodyLeft = 0;

  return {
    asked: (chunk) => {
      pending += countRequests(chunk);
      flushed = true;
    },
    heard: (chunk) => {
      flushed = false;
      let at = 0;
      while (at < chunk.length) {
        if (bodyLeft > 0) {
          const taken = Math.min(bodyLeft, chunk.length - at);
          bodyLeft -= taken;
          at += taken;
          continue;
        }
        header[headerFilled] = chunk[at] ?? 0;
        headerFilled += 1;
        at += 1;
        if (headerFilled < headerBytes) continue;
        headerFilled = 0;
        bodyLeft = header.readUInt32BE(1) - 4;
        if (header[0] === readyForQuery) pending -= 1;
      }
    },
    owes: () => pending > 0 || flushed,
  };
};
