/** The variables of style.css that charts draw with. */
export const colourNames = [
  "surface",
  "line",
  "text",
  "quiet",
  "left",
  "right",
  "left-area",
  "right-area",
  "good",
  "error",
] as const;
export type ColourName = (typeof colourNames)[number];
export type Colours = Readonly<Record<ColourName, string>>;

let known: Colours | undefined;
const listeners = new Set<() => void>();

/** The colours of the page's scheme, as a canvas understands them. */
export function colours(): Colours {
  known ??= readColours();
  return known;
}

/** The colours of one of both schemes, whichever the page has. */
export function coloursOf(scheme: "light" | "dark"): Colours {
  return readColours(scheme);
}

/** Tells when the scheme changes between light and dark. Returns what ends that. */
export function onSchemeChange(listener: () => void): () => void {
  if (listeners.size === 0) scheme().addEventListener("change", changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) scheme().removeEventListener("change", changed);
  };
}

function scheme(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}

function changed(): void {
  known = undefined;
  for (const listener of listeners) listener();
}

/** A variable's text may be a function, light-dark(…): what it comes to is known of an element that has it. */
function readColours(scheme?: "light" | "dark"): Colours {
  const probe = document.body.appendChild(document.createElement("span"));
  if (scheme !== undefined) probe.style.colorScheme = scheme;
  const read = colourNames.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(read);
}
