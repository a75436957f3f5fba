/** Loaded before a server under measurement: a killed benchmark must not leave it running. */
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
