import type { MailRequest } from "@latchkey/core/ports";
import { MailTemplate } from "@latchkey/contracts";
import { describe, expect, it } from "vitest";
import { renderMail } from "./index.ts";

const url = "https://licenses.example.com/x?token=a%2Bb&again=1";
const licenseKey = "LATCH-7K3M-9QRT-2WXY-ABCD-EF12";
const organizationName = "Söhne & <b>Co</b>";
const productName = "Latch";
const planName = "Starter";

const requests: { readonly [Name in MailTemplate]: MailRequest } = {
  "verify-email": { template: "verify-email", facts: { name: "Kim", url, expiresIn: "24 hours" } },
  "reset-password": {
    template: "reset-password",
    facts: { name: "Kim", url, expiresIn: "one hour" },
  },
  "account-exists": {
    template: "account-exists",
    facts: { name: "Kim", signInUrl: url, resetUrl: `${url}&reset` },
  },
  invitation: {
    template: "invitation",
    facts: {
      organizationName,
      invitedBy: "Kim",
      role: "billing",
      url,
      expiresOn: "27 November 2026",
    },
  },
  "license-issued": {
    template: "license-issued",
    facts: {
      organizationName,
      productName,
      planName,
      maxSeats: 3,
      licenseKey,
      validUntil: "20 December 2026",
      portalUrl: url,
      trial: false,
      fileAttached: true,
    },
  },
  "license-key-rotated": {
    template: "license-key-rotated",
    facts: { organizationName, productName, licenseKey, portalUrl: url },
  },
  "trial-ended": {
    template: "trial-ended",
    facts: { organizationName, productName, planName, plansUrl: url },
  },
  "license-expired": {
    template: "license-expired",
    facts: { organizationName, productName, planName, portalUrl: url },
  },
};

const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = ""]) =>
    address.replaceAll("&amp;", "&"),
  );

describe.each(MailTemplate.options)("the mail %s", (template) => {
  it("says the same as HTML and as text, with every link absolute and whole in both", async () => {
    const { subject, text, html } = await renderMail(requests[template]);
    expect(subject).not.toBe("");
    const links = linksOf(html);
    expect(links).toContain(url);
    for (const link of links) {
      expect(link).toMatch(/^https:\/\//);
      expect(text).toContain(link);
    }
  });

  it("leaves nothing undefined and takes no name for markup", async () => {
    const { subject, text, html } = await renderMail(requests[template]);
    for (const part of [subject, text, html]) {
      expect(part).not.toMatch(/undefined|\[object|NaN/);
    }
    expect(html).not.toContain("<b>Co</b>");
  });

  it("has colours for dark mode", async () => {
    const { html } = await renderMail(requests[template]);
    expect(html).toContain('name="color-scheme" content="light dark"');
    expect(html).toContain("@media (prefers-color-scheme:dark)");
  });
});

describe("the license mail", () => {
  const issued = async (changes: object) => {
    const request = requests["license-issued"];
    if (request.template !== "license-issued") throw new Error("not the license mail");
    return renderMail({ ...request, facts: { ...request.facts, ...changes } });
  };

  it("carries the key, unbroken, and how to use it", async () => {
    const { subject, text, html } = await issued({});
    expect(text).toContain(licenseKey);
    expect(html).toContain(licenseKey);
    expect(text).toContain("Paste the key");
    expect(subject).not.toContain(licenseKey);
  });

  it("speaks of the attached file only when there is one", async () => {
    expect((await issued({})).text).toContain("attached license file");
    expect((await issued({ fileAttached: false })).text).not.toContain("attached");
  });

  it("says until when a trial runs, and charges nobody in words", async () => {
    const { text } = await issued({ trial: true, maxSeats: 1 });
    expect(text).toContain("with one seat until 20 December 2026");
    expect(text).not.toContain("paid");
  });
});

it("keeps a name that breaks lines from adding mail headers", async () => {
  const { subject } = await renderMail({
    template: "invitation",
    facts: {
      organizationName: "Acme\r\nBcc: all@example.com",
      invitedBy: "Kim\n",
      role: "member",
      url,
      expiresOn: "27 November 2026",
    },
  });
  expect(subject).toBe("Kim invites you to Acme Bcc: all@example.com");
});
