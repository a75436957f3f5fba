import type { CoreDeps } from "../deps.ts";

/** Whether time, money and mail are played with here, for pages that have to say so to whoever looks. */
export const readMode =
  ({ settings }: { readonly settings: Pick<CoreDeps["settings"], "mode"> }) =>
  async (): Promise<{ sandbox: boolean }> => ({ sandbox: settings.mode === "sandbox" });
