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

/** Any change may show in any list, so all that is on screen is asked for anew; not if the page goes. */
const onSuccess: MutationCache["config"]["onSuccess"] = (_data, _variables, _result, { meta }) =>
  meta?.["leavesPage"] === true ? undefined : queryClient.invalidateQueries();

/** What the pages know of the server; loaders fill it before a page is drawn. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError, onSuccess }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && mayRetry(error),
    },
  },
});
