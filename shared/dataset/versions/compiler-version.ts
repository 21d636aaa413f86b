/** Grows when the same inputs give other files: every dataset then gets a new version. */
export const compilerVersion = 4;
