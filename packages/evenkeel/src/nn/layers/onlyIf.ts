/** A member of a layer that an option decides on: there if the flag is true, null if it is false, either if nobody knows. */
export type OnlyIf<Flag extends boolean, T> = Flag extends true ? T : null;

export function onlyIf<Flag extends boolean, T>(flag: boolean, make: () => T): OnlyIf<Flag, T> {
  return (flag ? make() : null) as OnlyIf<Flag, T>;
}
