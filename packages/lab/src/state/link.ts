import { fields } from "./fields.ts";
import { defaultSetup, type Setup } from "./setup.ts";

/** A set-up that a link held, and what of the link was not understood. */
export interface ReadLink {
  readonly setup: Setup;
  /** A sentence for each setting that was left at its default. */
  readonly problems: readonly string[];
}

/**
 * The set-up as the part of an address behind #: what differs from the default, in the order of the
 * page. Empty for the default.
 */
export function writeLink(setup: Setup): string {
  const written = new URLSearchParams();
  for (const name of settingNames) {
    const value = fields[name].write(setup[name] as never);
    if (value !== fields[name].write(defaultSetup[name] as never)) written.set(name, value);
  }
  return written.toString();
}

/** Reads what {@link writeLink} wrote, with or without #. Never throws: an address may be anything. */
export function readLink(hash: string): ReadLink {
  const problems: string[] = [];
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const read: Partial<Record<keyof Setup, unknown>> = {};
  for (const [name, value] of given) {
    if (!isSetting(name)) {
      problems.push(`The link sets “${shortened(name)}”, which this page does not have.`);
      continue;
    }
    const known = fields[name].read(value);
    if (known === undefined) problems.push(`The link sets ${name} to “${shortened(value)}”, which it cannot be.`);
    else read[name] = known;
  }
  return { setup: { ...defaultSetup, ...(read as Partial<Setup>) }, problems };
}

const settingNames = Object.keys(fields) as (keyof Setup)[];

function isSetting(name: string): name is keyof Setup {
  return Object.hasOwn(fields, name);
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value;
}
