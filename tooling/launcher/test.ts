/** `npm test` under Node 24, before the packages are there: nothing here may come from npm. */
import { explainFailure } from "./disk.ts";
import { installPackages } from "./install.ts";

/** Runs everything that proves Latchkey whole; the last line counts, the exit code judges. */
export const test = async (): Promise<void> => {
  try {
    installPackages();
    const { runAllTests } = await import("./all-tests.ts");
    process.exitCode = await runAllTests();
  } catch (error) {
    console.error(explainFailure(error) ?? error);
    console.log("0 passed, 1 failed");
    process.exitCode = 1;
  }
};
