import type { FingerprintComponents } from "@latchkey/contracts";

export interface KnownMachine {
  readonly id: string;
  readonly fingerprint: string;
  readonly components: FingerprintComponents;
  readonly lastSeenAt: Date;
}

export interface PresentedMachine {
  readonly fingerprint: string;
  readonly components?: FingerprintComponents | undefined;
}

/** One equal part proves nothing: many machines share a board or an operating system's image. */
const fewestEqualComponents = 2;

const countEqual = (known: FingerprintComponents, presented: FingerprintComponents): number =>
  Object.entries(known).filter(([name, hash]) => presented[name] === hash).length;

/**
 * The machine that presents itself: the one with its fingerprint, else the one of whose known
 * components most are equal (more than half, and two at least), the most alike first, then the one
 * seen last. Null when it is none of them.
 */
export const matchMachine = <Machine extends KnownMachine>(
  machines: readonly Machine[],
  { fingerprint, components = {} }: PresentedMachine,
): { readonly machine: Machine; readonly by: "fingerprint" | "components" } | null => {
  const same = machines.find((machine) => machine.fingerprint === fingerprint);
  if (same) return { machine: same, by: "fingerprint" };
  const [best] = machines
    .map((machine) => {
      const equal = countEqual(machine.components, components);
      return { machine, equal, share: equal / Object.keys(machine.components).length };
    })
    .filter(({ equal, share }) => equal >= fewestEqualComponents && share > 0.5)
    .toSorted(
      (one, other) =>
        other.share - one.share ||
        other.equal - one.equal ||
        other.machine.lastSeenAt.getTime() - one.machine.lastSeenAt.getTime(),
    );
  return best ? { machine: best.machine, by: "components" } : null;
};
