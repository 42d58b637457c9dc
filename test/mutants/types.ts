import { join, relative } from "node:path";
import ts from "typescript";
import { planted, type Site } from "./sites.ts";

/** The program of these files, with other texts for some; paths are from the root. */
export function programOf(root: string, files: readonly string[], texts?: ReadonlyMap<string, string>): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  });
  if (config === undefined) throw new Error(`${root} has no tsconfig.json`);
  const host = ts.createCompilerHost(config.options, true);
  const { readFile } = host;
  host.readFile = (file) => texts?.get(file) ?? readFile(file);
  const ambient = config.fileNames.filter((file) => file.endsWith(".d.ts"));
  const rootNames = [...files.map((file) => join(root, file)), ...ambient];
  return ts.createProgram({ rootNames, options: config.options, host });
}

/** Whether the file still type-checks with the bug in it. */
export function typeChecks(root: string, site: Site): boolean {
  const { fileName } = site.source;
  const program = programOf(root, [relative(root, fileName)], new Map([[fileName, planted(site)]]));
  return program.getSemanticDiagnostics(program.getSourceFile(fileName)).length === 0;
}
