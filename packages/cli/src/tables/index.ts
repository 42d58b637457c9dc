export { builtinNames, builtinTable } from "./builtin.ts";
export { formats, type TableFormat } from "./formats/format.ts";
export { type ReadNote, TableReadError } from "./readError.ts";
export { type ReadTableOptions, readTable, type TableRead } from "./readTable.ts";
