import { errorCatalogue } from "@latchkey/contracts";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { problemOf } from "./problem.ts";

const mayRetry = (error: unknown): boolean => {
  const problem = problemOf(error);
  return problem === null || errorCatalogue[problem.code].retryable;
};

/**
 * What the pages know of the server; loaders fill it before a page is drawn. `base` is where the app lives
 * on its host ("" for the root), and `signIn` its path below that, which comes back to `next`.
 */
export const createQueryClient = ({
  base,
  signIn,
}: {
  readonly base: string;
  readonly signIn: (to?: { readonly next: string }) => string;
}): QueryClient => {
  /** A session that ended while the page was open: sign in, then come back to the same page. */
  const onError = (error: unknown): void => {
    if (problemOf(error)?.code !== "UNAUTHENTICATED") return;
    const here = window.location.pathname.slice(base.length);
    if (here === signIn()) return;
    window.location.assign(`${base}${signIn({ next: `${here}${window.location.search}` })}`);
  };

  /** Any change may show in any list, so all that is on screen is asked for anew; not if the page goes. */
  const onSuccess: MutationCache["config"]["onSuccess"] = (_data, _variables, _result, { meta }) =>
    meta?.["leavesPage"] === true ? undefined : queryClient.invalidateQueries();

  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError, onSuccess }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && mayRetry(error),
      },
    },
  });
  return queryClient;
};

/** A list that comes in pages; the cursor of the first page is none. */
export const cursorPages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { readonly nextCursor: string | null }) => page.nextCursor ?? undefined,
};
