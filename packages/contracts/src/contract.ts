import { adminContract, sandboxContract } from "./admin.ts";
import { plansContract } from "./catalog.ts";
import { checkoutContract, sandboxCheckoutContract } from "./checkout.ts";
import { licensesContract, machinesContract, seatsContract, sessionsContract } from "./licenses.ts";
import { meContract, membersContract, organizationsContract } from "./organizations.ts";
import type { ProcedureContract } from "./procedure.ts";

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
