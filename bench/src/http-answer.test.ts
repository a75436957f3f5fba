import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAnswer } from "./http-answer.ts";

const withLength = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const inChunks = (chunks: readonly string[]): string =>
  [
    "HTTP/1.1 429 Too Many Requests\r\nTransfer-Encoding: chunked\r\n\r\n",
    ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`),
    "0\r\n\r\n",
  ].join("");
const jsonText = fc.json().filter((text) => /^[\x20-\x7e]+$/.test(text));

describe("readAnswer", () => {
  test("reads status and body of an answer with a length", () => {
    expect(readAnswer(withLength('{"a":1}'))).toEqual({
      status: 200,
      body: '{"a":1}',
      closes: false,
    });
  });

  test("joins the chunks of an answer without one", () => {
    fc.assert(
      fc.property(fc.array(jsonText, { minLength: 1 }), (chunks) => {
        expect(readAnswer(inChunks(chunks))).toEqual({
          status: 429,
          body: chunks.join(""),
          closes: false,
        });
      }),
    );
  });

  test("waits for the last byte of either", () => {
    for (const whole of [withLength('{"a":1}'), inChunks(['{"a"', ":1}"])]) {
      for (let length = 0; length < whole.length; length += 1) {
        expect(readAnswer(whole.slice(0, length))).toBeNull();
      }
    }
  });

  test("tells an answer after which the server hangs up", () => {
    const text =
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    expect(readAnswer(text)).toEqual({ status: 503, body: "", closes: true });
  });

  test("reads an answer that has no content", () => {
    expect(readAnswer("HTTP/1.1 204 No Content\r\n\r\n")).toMatchObject({ status: 204, body: "" });
  });

  test.each(["SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n{}"])("refuses %j", (text) => {
    expect(() => readAnswer(text)).toThrow(SyntaxError);
  });
});
