import { describe, expect, test } from "vitest";
import { toMarkdownLines, toTextLines } from "./table.ts";

const table = {
  headings: ["what", "per second"],
  rows: [["heartbeat", "7"], ["a grant", "12,345"], ["not measured, since it is not installed"]],
  wordColumns: 1,
};

describe("a table", () => {
  test("has words on the left and numbers on the right, and no column widened by a row that is not whole", () => {
    expect(toTextLines(table)).toEqual([
      "what       per second",
      "heartbeat           7",
      "a grant        12,345",
      "not measured, since it is not installed",
    ]);
  });

  test("has as many cells in each line of Markdown", () => {
    expect(toMarkdownLines(table)).toEqual([
      "| what | per second |",
      "| --- | --: |",
      "| heartbeat | 7 |",
      "| a grant | 12,345 |",
      "| not measured, since it is not installed |  |",
    ]);
  });
});
