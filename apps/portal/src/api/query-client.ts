import { createQueryClient } from "@latchkey/ui/web";
import { paths } from "../paths.ts";

export const queryClient = createQueryClient({ base: "", signIn: paths.signIn });
