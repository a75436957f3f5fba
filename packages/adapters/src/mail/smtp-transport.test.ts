import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { OutgoingMail } from "@latchkey/core/ports";
import { SMTPServer } from "smtp-server";
import type { SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, it } from "vitest";
import { createSmtpTransport, createStoredTransport } from "./index.ts";

interface Delivery {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

const mail: OutgoingMail = {
  id: "019d0000-0000-7000-8000-000000000001",
  to: "kim@customer.test",
  subject: "Your Latch license key – für Söhne",
  text: "LATCH-7K3M-9QRT-2WXY-ABCD-EF12\n.\nafter a dot on a line of its own\n",
  html: "<p>LATCH-7K3M-9QRT-2WXY-ABCD-EF12</p>",
  attachments: [
    {
      filename: "license.latchkey",
      contentType: "text/plain",
      content: "-----BEGIN LATCHKEY-----",
    },
  ],
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((clean) => clean()));
});

/** A server that speaks SMTP over a socket and keeps what it takes. */
const anSmtpServer = async (options: SMTPServerOptions = {}) => {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        deliveries.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("utf8"),
        });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.server.address() as AddressInfo;
  return { deliveries, url: `smtp://127.0.0.1:${port}`, port };
};

const from = "Latchkey <licenses@vendor.test>";

describe("the SMTP transport", () => {
  it("hands the mail over whole: envelope, headers, both bodies, attachment", async () => {
    const { url, deliveries } = await anSmtpServer();
    await createSmtpTransport({ url, from }).send(mail);
    const [delivery, ...others] = deliveries;
    expect(others).toEqual([]);
    expect(delivery).toMatchObject({ from: "licenses@vendor.test", to: ["kim@customer.test"] });
    const raw = delivery?.raw ?? "";
    expect(raw).toContain("From: Latchkey <licenses@vendor.test>");
    expect(raw).toContain("To: kim@customer.test");
    expect(raw).toContain("text/plain; charset=utf-8");
    expect(raw).toContain("text/html; charset=utf-8");
    expect(raw).toContain("filename=license.latchkey");
    expect(raw).toContain(Buffer.from("-----BEGIN LATCHKEY-----").toString("base64"));
    expect(raw).toContain("after a dot on a line of its own");
  });

  it("names a mail that is sent again the same", async () => {
    const { url, deliveries } = await anSmtpServer();
    const transport = createSmtpTransport({ url, from });
    await transport.send(mail);
    await transport.send(mail);
    const ids = deliveries.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1]?.trim());
    expect(ids).toEqual([`<${mail.id}@vendor.test>`, `<${mail.id}@vendor.test>`]);
  });

  it("signs in with the user and password of the address", async () => {
    const asked: unknown[] = [];
    const { port, deliveries } = await anSmtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        asked.push([username, password]);
        done(null, { user: username });
      },
    });
    const url = `smtp://vendor%40test:p%2Fw@127.0.0.1:${port}`;
    await createSmtpTransport({ url, from }).send(mail);
    expect(asked).toEqual([["vendor@test", "p/w"]]);
    expect(deliveries).toHaveLength(1);
  });

  it("throws what the server said when it does not take the mail", async () => {
    const { url, deliveries } = await anSmtpServer({
      onRcptTo: (_address, _session, done) => done(new Error("no such box here")),
    });
    await expect(createSmtpTransport({ url, from }).send(mail)).rejects.toThrow("no such box here");
    expect(deliveries).toEqual([]);
  });

  it("throws when nobody listens", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const transport = createSmtpTransport({ url: `smtp://127.0.0.1:${port}`, from });
    await expect(transport.send(mail)).rejects.toThrow("ECONNREFUSED");
  });

  it("takes an address for one address, whatever stands in it", async () => {
    const { url, deliveries } = await anSmtpServer();
    const to = "kim@customer.test, all@customer.test";
    await createSmtpTransport({ url, from })
      .send({ ...mail, to })
      .catch(() => undefined);
    expect(deliveries.flatMap((delivery) => delivery.to)).not.toContain("all@customer.test");
  });
});

it("the stored transport lets nothing leave", async () => {
  await expect(createStoredTransport().send(mail)).resolves.toBeUndefined();
});
