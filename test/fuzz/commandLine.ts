/** A whole number of the command line. @throws RangeError naming the option */
export function numberOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || text.trim() === "") {
    throw new RangeError(`--${name} is ${JSON.stringify(text)}, expected a whole number of at least 0`);
  }
  return value;
}

/** Runs a script: its number is the exit code, an error is told with the help, and the code is 2. */
export function runScript(main: () => Promise<number>, help: string): void {
  main().then(
    (status) => {
      process.exitCode = status;
    },
    (error: Error) => {
      console.error(`${error.message}\n\n${help}`);
      process.exitCode = 2;
    },
  );
}
