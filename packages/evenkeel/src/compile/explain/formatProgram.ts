import type { ProgramExplanation, TaskExplanation } from "./explain.ts";

/** A width that fits a terminal, a page and a message. */
const columns = 100;

/** A program as a table: a line per task, and another for the reason if it runs on the host. */
export function formatProgram({ signature, tasks, fallbacks, memory }: ProgramExplanation): string {
  const total = tasks.reduce((sum, { microseconds = 0 }) => sum + microseconds, 0);
  const numbers = tasks.map(({ bytes, microseconds }, i) => ({
    index: String(i),
    bytes: String(bytes),
    time: microseconds === undefined ? "" : `${microseconds.toFixed(2)} us`,
    share: microseconds === undefined ? "" : `${((100 * microseconds) / total).toFixed(0)}%`,
  }));
  const widthOf = (header: string, cells: readonly string[]) =>
    cells.reduce((most, { length }) => Math.max(most, length), header.length);
  const width = {
    index: widthOf(
      "",
      numbers.map(({ index }) => index),
    ),
    bytes: widthOf(
      "bytes",
      numbers.map(({ bytes }) => bytes),
    ),
    time: widthOf(
      "time",
      numbers.map(({ time }) => time),
    ),
    share: widthOf(
      "share",
      numbers.map(({ share }) => share),
    ),
  };
  // The width that the numbers and the two spaces between columns leave.
  const room = columns - (width.index + width.bytes + width.time + width.share) - 10;
  const wanted = {
    name: widthOf(
      "task",
      tasks.map(({ name }) => name),
    ),
    shapes: widthOf(
      "shapes",
      tasks.map(({ shapes }) => shapes),
    ),
  };
  const half = Math.floor(room / 2);
  const nameWidth = Math.min(wanted.name, Math.max(half, room - wanted.shapes));
  const shapesWidth = Math.min(wanted.shapes, room - nameWidth);
  const line = (index: string, name: string, shapes: string, bytes: string, time: string, share: string) =>
    [
      index.padEnd(width.index),
      name.padEnd(nameWidth),
      shapes.padEnd(shapesWidth),
      bytes.padEnd(width.bytes),
      time.padEnd(width.time),
      share,
    ]
      .join("  ")
      .trimEnd();
  const rows = tasks.flatMap((task, i) => {
    const { index, bytes, time, share } = numbers[i];
    const [name, shapes] = [shortName(task, nameWidth), shortShapes(task, shapesWidth)];
    const why = task.fallback === undefined ? [] : wrapped(`host: ${task.fallback}`, width.index + 2);
    return [line(index, name, shapes, bytes, time, share), ...why];
  });
  const timed = total > 0 ? `, ${total.toFixed(1)} us` : "";
  const counts = `: ${tasks.length} tasks, ${fallbacks} on the host${timed}`;
  const title = "program for ";
  return [
    `${title}${cut(signature, columns - title.length - counts.length)}${counts}`,
    line("", "task", "shapes", "bytes", "time", "share"),
    ...rows,
    `module ${memory.module} bytes, working memory ${memory.scratch} bytes`,
    `temporaries ${memory.arena} bytes (${memory.unshared} without sharing)`,
  ].join("\n");
}

/** The first ops, and how many more there are. */
function shortName({ name }: TaskExplanation, width: number): string {
  const ops = name.split(" + ");
  return shortest(width, ops.length, (kept) =>
    [...ops.slice(0, kept), ...(kept < ops.length ? [`${ops.length - kept} more`] : [])].join(" + "),
  );
}

/** Adjacent equal shapes are counted, `3 x [16, 8]`; then the first ones of each side. */
function shortShapes({ shapes }: TaskExplanation, width: number): string {
  if (shapes.length <= width) return shapes;
  const sides = shapes.split("->").map((side) => counted(side.match(/\[[^\]]*\]/g) ?? []));
  const longest = Math.max(...sides.map(({ length }) => length));
  return shortest(width, longest, (kept) =>
    sides.map((side) => [...side.slice(0, kept), ...(kept < side.length ? ["..."] : [])].join(" ")).join(" -> "),
  );
}

function counted(shapes: readonly string[]): string[] {
  const runs: { readonly shape: string; count: number }[] = [];
  for (const shape of shapes) {
    const last = runs.at(-1);
    if (last?.shape === shape) last.count++;
    else runs.push({ shape, count: 1 });
  }
  return runs.map(({ shape, count }) => (count === 1 ? shape : `${count} x ${shape}`));
}

/** The text with as many parts as fit, at least one. */
function shortest(width: number, parts: number, textOf: (kept: number) => string): string {
  for (let kept = parts; kept > 1; kept--) {
    const text = textOf(kept);
    if (text.length <= width) return text;
  }
  return cut(textOf(1), width);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** Words in indented lines. */
function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").map((part) => cut(part, columns - indent))) {
    if (line !== "" && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => " ".repeat(indent) + each);
}
