/** Of the library, as in its package.json: what a saved model says that it was made by. */
export const version = "0.1.0";
