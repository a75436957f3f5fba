const maxNameLength = 100;
const maxSlugLength = 48;
const possessive = "'s organization";

/** The name of the organization that a person gets at sign-up: "Ada's organization". */
export const nameOrganizationOf = (personName: string): string => {
  const name = personName.replaceAll(/\s+/g, " ").trim();
  if (name === "") return "My organization";
  return `${name.slice(0, maxNameLength - possessive.length).trim()}${possessive}`;
};

/** A name as it stands in a URL: lower-case letters and digits of ASCII with single dashes between. */
export const slugOf = (name: string): string => {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}'’]/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, maxSlugLength)
    .replaceAll(/^-+|-+$/g, "");
  return slug === "" ? "organization" : slug;
};
