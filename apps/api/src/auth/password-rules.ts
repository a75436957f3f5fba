import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english, translations } from "@zxcvbn-ts/language-en";
import { maxPasswordLength, minPasswordLength } from "./password-length.ts";

/** "Safely unguessable": protects against an offline attack on a slow hash (zxcvbn's scale of 0 to 4). */
const minScore = 3;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
  // The estimate costs more than linear time: what makes the beginning hard makes the whole hard.
  maxLength: 40,
});

const remedy =
  "Take a longer one: four or more unrelated words do well, and a password manager best.";

const wordsOf = (text: string): string[] => {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  return [...words, words.join("")].filter((word) => word.length > 2);
};

/**
 * Why the password is refused and what to do, or null when it is good: 8 to 128 characters, not
 * guessable by somebody who knows the person, and without their mail address. No rule of composition
 * (NIST SP 800-63B section 5.1.1.2).
 */
export const findPasswordFault = (
  password: string,
  person: { readonly email: string; readonly name: string },
): string | null => {
  if (password.length < minPasswordLength) {
    return `The password is too short: use at least ${minPasswordLength} characters. ${remedy}`;
  }
  if (password.length > maxPasswordLength) {
    return `The password is too long: use at most ${maxPasswordLength} characters.`;
  }
  if (person.email !== "" && password.toLowerCase().includes(person.email.toLowerCase())) {
    return "The password contains your mail address, which everybody tries first. Choose another one.";
  }
  const known = [
    "latchkey",
    ...wordsOf(person.email.split("@")[0] ?? ""),
    ...wordsOf(person.email),
    ...wordsOf(person.name),
  ];
  const { score, feedback } = estimator.check(password, known);
  if (score >= minScore) return null;
  return ["The password is easy to guess.", feedback.warning, remedy].filter(Boolean).join(" ");
};
