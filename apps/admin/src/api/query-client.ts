import { createQueryClient } from "@latchkey/ui/web";
import { base, paths } from "../paths.ts";

export const queryClient = createQueryClient({ base, signIn: paths.signIn });
