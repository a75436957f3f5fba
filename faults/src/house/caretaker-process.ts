/** `caretaker-process.ts PLACE`: waits for the end of its input, then clears away all of the house at PLACE. */
import { clearPlace } from "./place.ts";

const [place = ""] = process.argv.slice(2);

process.stdin.resume().on("end", () => void clearPlace(place));
