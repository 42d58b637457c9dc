import { expect, test } from "vitest";
import { takesFiles } from "./drop.ts";

const csv = new File(["a,b\n1,2\n"], "x.csv");

/** A drag event, as far as it is looked at. */
function drag(name: string, files: readonly File[] = [csv], types = ["Files"]): Event {
  return Object.assign(new Event(name, { cancelable: true }), { dataTransfer: { files, types } });
}

function listening() {
  const target = new EventTarget();
  const said: (string | boolean)[] = [];
  const end = takesFiles({ onFile: ({ name }) => said.push(name), onOver: (over) => said.push(over) })(target);
  return { target, said, end };
}

test("a dropped file is taken, and the browser does not open it", () => {
  const { target, said } = listening();
  const [over, drop] = [drag("dragover"), drag("drop")];
  for (const event of [drag("dragenter"), over, drop]) target.dispatchEvent(event);
  expect(said).toEqual([true, false, "x.csv"]);
  expect([over.defaultPrevented, drop.defaultPrevented]).toEqual([true, true]);
});

test("entering an inner element is not leaving the outer one", () => {
  const { target, said } = listening();
  for (const name of ["dragenter", "dragenter", "dragleave"]) target.dispatchEvent(drag(name));
  expect(said).toEqual([true]);
  target.dispatchEvent(drag("dragleave"));
  expect(said).toEqual([true, false]);
});

test("a file that another part of the page has taken is left alone", () => {
  const { target, said } = listening();
  const drop = drag("drop");
  drop.preventDefault();
  target.dispatchEvent(drop);
  expect(said).toEqual([false]);
});

test("a text that is dragged is left to the browser, and after the end so is a file", () => {
  const { target, said, end } = listening();
  const text = drag("drop", [], ["text/plain"]);
  target.dispatchEvent(text);
  end();
  target.dispatchEvent(drag("drop"));
  expect(said).toEqual([]);
  expect(text.defaultPrevented).toBe(false);
});
