/** The longest body that any door takes; our own calls stay below a few KiB. */
export const maxBodyBytes = 256 * 1024;
