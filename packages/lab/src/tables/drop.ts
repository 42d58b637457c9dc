/** What is done with files that are dragged over a part of the page. */
interface DropOptions {
  /** Gets the first file that is dropped. */
  readonly onFile: (file: File) => void;
  /** Is told when a file is above, and when it has left. */
  readonly onOver?: (over: boolean) => void;
}

/**
 * Takes files that are dropped on an element, or anywhere on the window:
 * `<div {@attach takesFiles(options)}>`, `onMount(() => takesFiles(options)(window))`. A file is taken once,
 * also where both are used. Anything else that is dragged is left to the browser.
 *
 * @returns what ends it again
 */
export function takesFiles({ onFile, onOver = () => {} }: DropOptions): (target: EventTarget) => () => void {
  return (target) => {
    /** How many elements the pointer is in: it enters an inner one before it leaves the outer one. */
    let depth = 0;
    const handlers: Readonly<Record<string, (event: DragEvent) => void>> = {
      dragenter: () => {
        if (depth++ === 0) onOver(true);
      },
      dragleave: () => {
        if (--depth === 0) onOver(false);
      },
      // The browser opens what is dropped where nobody says that it may be.
      dragover: (event) => event.preventDefault(),
      drop: (event) => {
        depth = 0;
        onOver(false);
        const [file] = event.dataTransfer?.files ?? [];
        if (event.defaultPrevented || file === undefined) return;
        event.preventDefault();
        onFile(file);
      },
    };
    const listeners = Object.entries(handlers).map(([name, handle]) => {
      const listener = (event: Event) => {
        if (isOfFiles(event as DragEvent)) handle(event as DragEvent);
      };
      target.addEventListener(name, listener);
      return [name, listener] as const;
    });
    return () => {
      for (const [name, listener] of listeners) target.removeEventListener(name, listener);
    };
  };
}

function isOfFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}
