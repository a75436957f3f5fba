import { EntryCard } from "@latchkey/ui/web";
import type { ComponentProps, ReactElement } from "react";
import { paths } from "../paths.ts";

/** The frame of the pages that one sees before being signed in. */
export const EntryLayout = (
  props: Omit<ComponentProps<typeof EntryCard>, "app" | "home">,
): ReactElement => <EntryCard app="Latchkey staff" home={paths.home()} {...props} />;
