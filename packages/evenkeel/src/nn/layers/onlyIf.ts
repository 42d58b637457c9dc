/**
 * A member of a layer that depends on an option: present if the flag is true, null if it is false,
 * either for `boolean`.
 */
export type OnlyIf<Flag extends boolean, T> = Flag extends true ? T : null;

export function onlyIf<Flag extends boolean, T>(flag: boolean, make: () => T): OnlyIf<Flag, T> {
  return (flag ? make() : null) as OnlyIf<Flag, T>;
}
