import { styleText } from "node:util";

/** The sandbox's first staff account; seeding makes it. */
export const staffEmail = "staff@latchkey.test";

/** What the demonstration leaves for the person to try. */
export interface Played {
  customerEmail: string;
  customerPassword: string;
  licenseKey: string;
}

/** Prints where everything is, once it runs. */
export const printWelcome = (
  publicUrl: string,
  staffPassword: string,
  played: Played | null,
): void => {
  const rows: [string, string][] = [
    ["Portal", publicUrl],
    ["Admin", `${publicUrl}/admin`],
    ["API reference", `${publicUrl}/docs`],
    ["Staff login", `${staffEmail}  ${staffPassword}`],
    ...(played === null
      ? []
      : [
          ["Customer login", `${played.customerEmail}  ${played.customerPassword}`] as [
            string,
            string,
          ],
          ["License key", played.licenseKey] as [string, string],
        ]),
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(16)}${styleText("bold", value)}`);
  console.log(`\nLatchkey is running.\n\n${lines.join("\n")}\n\n  Ctrl-C stops everything.\n`);
};
