/**
 * Whether the data between the stages of the compiler is checked (verify.ts), which detects any pass
 * that breaks a graph. Tests turn it on (test/setup.ts); it is off for users, because each check costs
 * as much as a pass. It stands alone, so that tests that compile nothing do not load the compiler.
 */
export const verification = { enabled: false };
