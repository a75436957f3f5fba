import { errorCatalogue } from "@latchkey/contracts";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { base, paths } from "../paths.ts";
import { problemOf } from "./explain.ts";

const mayRetry = (error: unknown): boolean => {
  const problem = problemOf(error);
  return problem === null || errorCatalogue[problem.code].retryable;
};

/** A session that ended while the page was open: sign in, then come back to the same page. */
const onError = (error: unknown): void => {
  if (problemOf(error)?.code !== "UNAUTHENTICATED") return;
  const { pathname, search } = window.location;
  const here = pathname.slice(base.length);
  if (here === paths.signIn()) return;
  window.location.assign(`${base}${paths.signIn({ next: `${here}${search}` })}`);
};

/** What the pages know of the server; loaders fill it before a page is drawn. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  // Any change may show in any list: all that is on screen is asked for anew.
  mutationCache: new MutationCache({ onError, onSuccess: () => queryClient.invalidateQueries() }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && mayRetry(error),
    },
  },
});
