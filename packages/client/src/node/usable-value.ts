/** What firmware says when its maker never filled it in; such values are alike on many machines. */
const PLACEHOLDERS = new Set([
  "TO BE FILLED BY O.E.M.",
  "TO BE FILLED BY OEM",
  "DEFAULT STRING",
  "DEFAULT",
  "SYSTEM SERIAL NUMBER",
  "SYSTEM PRODUCT NAME",
  "BASE BOARD SERIAL NUMBER",
  "CHASSIS SERIAL NUMBER",
  "SERIAL NUMBER",
  "NOT SPECIFIED",
  "NOT APPLICABLE",
  "NOT AVAILABLE",
  "NOT DEFINED",
  "NOT SETTABLE",
  "UNDEFINED",
  "UNKNOWN",
  "UNKNOW",
  "INVALID",
  "O.E.M.",
  "NONE",
  "NULL",
  "EMPTY",
  "0123456789",
  "123456789",
  "1234567890",
  "1234567",
  // UUIDs that board makers have shipped on whole series.
  "03000200-0400-0500-0006-000700080009",
  "00020003-0004-0005-0006-000700080009",
  "12345678-1234-5678-90AB-CDDEEFAABBCC",
  "FEFEFEFE-FEFE-FEFE-FEFE-FEFEFEFEFEFE",
]);

const SHORTEST = 4;

/**
 * A hardware value in one spelling (upper case, single spaces), or null when it tells no machine from
 * another: too short, a placeholder, or one symbol over and over, such as all zeros.
 */
export const usableValue = (value: string | null | undefined): string | null => {
  const text = (value ?? "").trim().replace(/\s+/g, " ").toUpperCase();
  const symbols = new Set(text.replace(/[^0-9A-Z]/g, ""));
  const tells = text.length >= SHORTEST && symbols.size > 1 && !PLACEHOLDERS.has(text);
  return tells ? text : null;
};

/**
 * A network card's own address. Null for one that software made up (the locally administered bit of
 * IEEE 802, as containers, VPNs and private Wi-Fi addresses have it) and for VMware's host adapters,
 * whose addresses are the same on every host.
 */
export const usableMac = (value: string | null | undefined): string | null => {
  const mac = usableValue(value)?.replaceAll("-", ":");
  if (mac === undefined || !/^(?:[0-9A-F]{2}:){5}[0-9A-F]{2}$/.test(mac)) return null;
  const isLocal = (Number.parseInt(mac.slice(0, 2), 16) & 0b10) !== 0;
  return isLocal || mac.startsWith("00:50:56:C0:00:") ? null : mac;
};
