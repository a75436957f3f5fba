import { z } from "zod";
import type { Vault } from "../vault.ts";

/** What a mail says beside its subject: kept sealed, since it carries license keys and links. */
const MailContent = z.strictObject({
  text: z.string(),
  html: z.string(),
  attachments: z.array(
    z.strictObject({ filename: z.string(), contentType: z.string(), content: z.string() }),
  ),
});
export type MailContent = z.infer<typeof MailContent>;

export const sealContent = (vault: Vault, content: MailContent): Buffer =>
  vault.seal("mail-content", JSON.stringify(content));

/** Throws Error when the bytes were sealed under another secret. */
export const openContent = (vault: Vault, sealed: Uint8Array): MailContent =>
  MailContent.parse(JSON.parse(vault.open("mail-content", sealed)));
