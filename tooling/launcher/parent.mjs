// Read by whatever Node the machine has, from 18 on: plain JavaScript, nothing from npm.
import process from "node:process";

/**
 * Calls `stop` once when npm, or what stands between it and us, has gone: killed, it tells nobody. Started without
 * npm, one may well want to outlive the parent.
 *
 * @param {() => void} stop
 */
export const onParentDeath = (stop) => {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 300);
  watch.unref();
};
