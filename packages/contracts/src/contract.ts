import { adminContract } from "./admin.ts";
import { plansContract } from "./catalog.ts";
import { checkoutContract } from "./checkout.ts";
import { licensesContract } from "./licenses.ts";
import { machinesContract } from "./machines.ts";
import { meContract, membersContract, organizationsContract } from "./organizations.ts";
import type { ProcedureContract } from "./procedure.ts";
import { sandboxCheckoutContract, sandboxContract } from "./sandbox.ts";
import { seatsContract } from "./seats.ts";
import { sessionsContract } from "./sessions.ts";

/** The whole API: the tree is the tRPC router's, each leaf names its REST route. */
export const contract = {
  me: meContract,
  organizations: organizationsContract,
  members: membersContract,
  plans: plansContract,
  checkout: checkoutContract,
  licenses: licensesContract,
  machines: machinesContract,
  seats: seatsContract,
  sessions: sessionsContract,
  admin: adminContract,
  sandbox: { ...sandboxContract, ...sandboxCheckoutContract },
};

interface ContractTree {
  readonly [name: string]: ProcedureContract | ContractTree;
}

const isProcedure = (node: ProcedureContract | ContractTree): node is ProcedureContract =>
  "rest" in node && "access" in node;

/** Every procedure with its dotted tRPC path ("admin.licenses.list"), in the order of declaration. */
export const listProcedures = (
  tree: ContractTree = contract,
  prefix = "",
): { readonly path: string; readonly procedure: ProcedureContract }[] =>
  Object.entries(tree).flatMap(([name, node]) =>
    isProcedure(node)
      ? [{ path: `${prefix}${name}`, procedure: node }]
      : listProcedures(node, `${prefix}${name}.`),
  );
