import { config } from "zod";

// The content security policy forbids making code from text, which zod tries for speed as soon as a
// schema is declared: this module comes before every other.
config({ jitless: true });
