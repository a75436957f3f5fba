/** `path` with the parameters that are not empty. */
export const withQuery = (
  path: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query}`;
};

/**
 * The path to go on to, from an address's `next`; "/" where it is missing or leads elsewhere. A link
 * to our sign-in page must never send the person who follows it to another site.
 */
export const nextPath = (search: URLSearchParams): string => {
  const next = search.get("next") ?? "";
  const here = "https://latchkey.invalid";
  if (!next.startsWith("/") || !URL.canParse(next, here)) return "/";
  const url = new URL(next, here);
  return url.origin === here ? `${url.pathname}${url.search}${url.hash}` : "/";
};
