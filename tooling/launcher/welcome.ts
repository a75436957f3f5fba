import { styleText } from "node:util";

/** How somebody signs in. */
export interface Login {
  email: string;
  password: string;
}

/** What the demonstration leaves for the person to try. */
export interface Played {
  customer: Login;
  licenseKey: string;
}

const loginText = ({ email, password }: Login): string => `${email}  ${password}`;

/** Prints where everything is, once it runs. */
export const printWelcome = (publicUrl: string, staff: Login, played: Played | null): void => {
  const rows: (readonly [label: string, value: string])[] = [
    ["Portal", publicUrl],
    ["Admin", `${publicUrl}/admin`],
    ["API reference", `${publicUrl}/docs`],
    ["Staff login", loginText(staff)],
  ];
  if (played !== null) {
    rows.push(["Customer login", loginText(played.customer)], ["License key", played.licenseKey]);
  }
  const lines = rows.map(([label, value]) => `  ${label.padEnd(16)}${styleText("bold", value)}`);
  console.log(`\nLatchkey is running.\n\n${lines.join("\n")}\n\n  Ctrl-C stops everything.\n`);
};
