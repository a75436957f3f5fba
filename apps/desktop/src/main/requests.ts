import type { Latchkey, Result } from "@latchkey/client";
import { z } from "zod";
import type { About, LicenseFacts, Outcome } from "../ipc.ts";
import { answers, type Handlers } from "./handle.ts";
import { judgeKey } from "./key-judgement.ts";
import type { WorkFile } from "./work-file.ts";

const nothing = z.tuple([]);
/** A whole mail, or a license file with its armor. */
const pastedText = z.tuple([z.string().max(65_536)]);
const workText = z.tuple([z.string().max(10_000_000)]);

/** Of a verb's answer the window learns how it ended; keys and claims stay in main. */
const outcomeOf = async <Value>(verb: Promise<Result<Value>>): Promise<Outcome> => {
  const result = await verb;
  return result.ok ? { ok: true } : { ok: false, error: result.error };
};

const licenseFactsOf = async (latchkey: Latchkey): Promise<LicenseFacts | null> => {
  const result = await latchkey.validate();
  const license = result.ok ? result.validation.license : null;
  return license && { planName: license.plan.name, expiresAt: license.expiresAt };
};

/** What main answers to each channel of the border. */
export const createRequests = ({
  latchkey,
  about,
  keyPrefix,
  work,
  openPortal,
  quit,
}: {
  readonly latchkey: Latchkey;
  readonly about: About;
  readonly keyPrefix: string;
  readonly work: WorkFile;
  readonly openPortal: () => Promise<void>;
  readonly quit: () => void;
}): Handlers => ({
  about: answers<"about">(nothing, () => about),
  state: answers<"state">(nothing, () => latchkey.state),
  judgeKey: answers<"judgeKey">(pastedText, (text) => judgeKey(text, keyPrefix)),
  activate: answers<"activate">(pastedText, (text) => outcomeOf(latchkey.activate(text))),
  acquire: answers<"acquire">(nothing, () => outcomeOf(latchkey.acquire())),
  release: answers<"release">(nothing, () => outcomeOf(latchkey.release())),
  tryNow: answers<"tryNow">(nothing, () => latchkey.tryNow()),
  networkReturned: answers<"networkReturned">(nothing, () => latchkey.networkReturned()),
  importLicenseFile: answers<"importLicenseFile">(pastedText, (text) =>
    outcomeOf(latchkey.file.import(text)),
  ),
  readLicense: answers<"readLicense">(nothing, () => licenseFactsOf(latchkey)),
  openPortal: answers<"openPortal">(nothing, openPortal),
  readWork: answers<"readWork">(nothing, () => work.read()),
  saveWork: answers<"saveWork">(workText, (text) => work.save(text)),
  quit: answers<"quit">(nothing, quit),
});
