import { OperatorError } from "@latchkey/tooling/services";

/** The value of an option. Throws OperatorError that says what it should be, and the usage below. */
export const wholeNumber = (
  name: string,
  text: string,
  { least, most, usage }: { readonly least: number; readonly most: number; readonly usage: string },
): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new OperatorError(
    `--${name} must be a whole number from ${least} to ${most}, not ${text}.\n${usage}`,
  );
};
