import { errorCatalogue } from "@latchkey/contracts";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { problemOf } from "./explain.ts";
import { paths } from "../paths.ts";

const mayRetry = (error: unknown): boolean => {
  const problem = problemOf(error);
  return problem === null || errorCatalogue[problem.code].retryable;
};

/** A session that ended while the page was open: sign in, then come back to the same page. */
const onError = (error: unknown): void => {
  if (problemOf(error)?.code !== "UNAUTHENTICATED") return;
  const { pathname, search } = window.location;
  if (pathname === paths.signIn()) return;
  window.location.assign(paths.signIn({ next: `${pathname}${search}` }));
};

/** What the pages know of the server; loaders fill it before a page is drawn. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  // Any change may show in any list, and the lists are short: all that is on screen is asked for anew.
  mutationCache: new MutationCache({ onError, onSuccess: () => queryClient.invalidateQueries() }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && mayRetry(error),
    },
  },
});
