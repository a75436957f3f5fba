/** In characters. NIST SP 800-63B, section 5.1.1.2, asks for at least 8 and for room for passphrases. */
export const minPasswordLength = 8;
export const maxPasswordLength = 128;
