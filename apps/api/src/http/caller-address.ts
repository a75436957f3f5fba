import proxyAddress from "proxy-addr";

/** Whether the address so many hops before us is a proxy of ours, whose word is believed. */
export type ProxyTrust = (address: string, hop: number) => boolean;

/**
 * Reads `trust proxy` as Express does: everybody, nobody, so many proxies, or a list of their addresses.
 * Throws TypeError for what is no address.
 */
export const compileProxyTrust = (setting: boolean | number | string): ProxyTrust => {
  if (typeof setting === "boolean") return () => setting;
  if (typeof setting === "number") return (_address, hop) => hop < setting;
  return proxyAddress.compile(setting.split(",").map((address) => address.trim()));
};

/**
 * Where a request came from, `ip` being what `trust proxy` makes of it. An IPv4 caller is written as IPv4
 * also when the socket listens on IPv6 (RFC 4291, 2.5.5.2), so that one caller has one address in limits
 * and the audit trail. Null when the connection is already gone.
 */
export const callerAddress = ({ ip }: { readonly ip?: string | undefined }): string | null =>
  ip?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "") ?? null;
