/** The version of the library, as in its package.json; saved models record it. */
export const version = "0.1.0";
