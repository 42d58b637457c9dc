export { type BuiltinTable, builtinNames, builtinTable } from "./builtin.ts";
export { nullSpellings } from "./csv.ts";
export { formats, type TableFormat } from "./format.ts";
export { type ReadNote, TableReadError } from "./readError.ts";
export { type ReadTableOptions, readTable, type TableRead, type TableSource } from "./readTable.ts";
