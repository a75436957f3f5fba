import { MemberRole } from "@latchkey/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeInvitation, judgeLeaving, judgeRemoval, judgeRoleChange } from "./member-rules.ts";
import type { MemberDecision } from "./member-rules.ts";

const outcome = (decision: MemberDecision): string =>
  decision.kind === "refused" ? decision.code : decision.kind;

describe("inviting", () => {
  test.each([
    ["owner", "owner", null, "allowed"],
    ["owner", "member", "owner", "allowed"],
    ["admin", "admin", null, "allowed"],
    ["admin", "billing", "member", "allowed"],
    ["admin", "owner", null, "FORBIDDEN"],
    ["admin", "member", "owner", "FORBIDDEN"],
    ["billing", "member", null, "FORBIDDEN"],
    ["member", "member", null, "FORBIDDEN"],
  ] as const)("%s invites as %s over an open %s: %s", (actorRole, role, openRole, expected) => {
    expect(outcome(judgeInvitation({ actorRole, role, openRole, alreadyMember: false }))).toBe(
      expected,
    );
  });

  test("somebody who is a member already is a conflict", () => {
    const facts = { actorRole: "owner", role: "member", openRole: null } as const;
    expect(outcome(judgeInvitation({ ...facts, alreadyMember: true }))).toBe("CONFLICT");
  });
});

describe("changing a role", () => {
  test.each([
    ["owner", "member", "owner", 1, "allowed"],
    ["owner", "owner", "admin", 2, "allowed"],
    ["owner", "owner", "admin", 1, "CONFLICT"],
    ["owner", "owner", "owner", 1, "unchanged"],
    ["admin", "member", "admin", 1, "allowed"],
    ["admin", "admin", "member", 1, "allowed"],
    ["admin", "member", "owner", 1, "FORBIDDEN"],
    ["admin", "owner", "member", 2, "FORBIDDEN"],
    ["admin", "owner", "owner", 2, "FORBIDDEN"],
    ["billing", "member", "billing", 1, "FORBIDDEN"],
    ["member", "member", "admin", 1, "FORBIDDEN"],
  ] as const)(
    "%s makes %s into %s among %i owners: %s",
    (actorRole, targetRole, newRole, owners, expected) => {
      expect(outcome(judgeRoleChange({ actorRole, targetRole, newRole, owners }))).toBe(expected);
    },
  );
});

describe("removing and leaving", () => {
  test.each([
    ["owner", "member", 1, "allowed"],
    ["owner", "owner", 2, "allowed"],
    ["owner", "owner", 1, "CONFLICT"],
    ["admin", "admin", 1, "allowed"],
    ["admin", "owner", 2, "FORBIDDEN"],
    ["billing", "member", 1, "FORBIDDEN"],
    ["member", "member", 1, "FORBIDDEN"],
  ] as const)("%s removes %s among %i owners: %s", (actorRole, targetRole, owners, expected) => {
    expect(outcome(judgeRemoval({ actorRole, targetRole, owners }))).toBe(expected);
  });

  test.each([
    ["owner", 2, "allowed"],
    ["owner", 1, "CONFLICT"],
    ["admin", 1, "allowed"],
    ["member", 1, "allowed"],
  ] as const)("%s leaves %i owners: %s", (role, owners, expected) => {
    expect(outcome(judgeLeaving({ role, owners }))).toBe(expected);
  });
});

type Member = { readonly name: number; readonly role: MemberRole };
type Step = { readonly actor: number; readonly target: number; readonly to: MemberRole | null };

const role = fc.constantFrom(...MemberRole.options);
const step: fc.Arbitrary<Step> = fc.record({
  actor: fc.nat(5),
  target: fc.nat(5),
  to: fc.option(role),
});

/** One change as the verbs do it: themselves when actor and target are one, by right when not. */
const apply = (members: readonly Member[], { actor, target, to }: Step): readonly Member[] => {
  const by = members.find(({ name }) => name === actor);
  const whom = members.find(({ name }) => name === target);
  if (!by || !whom) return members;
  const owners = members.filter((member) => member.role === "owner").length;
  if (to === null) {
    const decision =
      by === whom
        ? judgeLeaving({ role: whom.role, owners })
        : judgeRemoval({ actorRole: by.role, targetRole: whom.role, owners });
    return decision.kind === "allowed" ? members.filter((member) => member !== whom) : members;
  }
  const facts = { actorRole: by.role, targetRole: whom.role, newRole: to, owners };
  if (judgeRoleChange(facts).kind !== "allowed") return members;
  return members.map((member) => (member === whom ? { ...member, role: to } : member));
};

describe("whatever people do to each other", () => {
  const organization = fc
    .array(role, { minLength: 0, maxLength: 5 })
    .map((roles) => [
      { name: 0, role: "owner" as const },
      ...roles.map((its, index) => ({ name: index + 1, role: its })),
    ]);

  test("an organization keeps an owner", () => {
    fc.assert(
      fc.property(organization, fc.array(step, { maxLength: 40 }), (members, steps) => {
        const after = steps.reduce<readonly Member[]>(apply, members);
        expect(after.some((member) => member.role === "owner")).toBe(true);
      }),
    );
  });

  test("nobody but an owner changes who the owners are", () => {
    fc.assert(
      fc.property(organization, step, (members, change) => {
        const ownersOf = (list: readonly Member[]) =>
          list.filter((member) => member.role === "owner").map(({ name }) => name);
        const by = members.find(({ name }) => name === change.actor);
        if (by?.role === "owner") return;
        expect(ownersOf(apply(members, change))).toEqual(ownersOf(members));
      }),
    );
  });
});
