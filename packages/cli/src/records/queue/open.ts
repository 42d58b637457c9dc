import { resolve } from "node:path";
import { isDatabase } from "./place.ts";
import type { OpenQueue, OpenWorker, StudySide, WorkerSide } from "./types.ts";

/** The study's side of the queue in a folder or a database. */
export async function openStudySide(place: string, cwd: string, options: OpenQueue): Promise<StudySide> {
  // Only studies with workers load these, and only those with a database the package for it.
  if (isDatabase(place)) {
    const { DatabaseStudy } = await import("./postgres/databaseStudy.ts");
    return await DatabaseStudy.open(place, options);
  }
  const { FolderStudy } = await import("./folder/folderStudy.ts");
  return await FolderStudy.open(resolve(cwd, place), options, place);
}

/** A worker's side. */
export async function openWorkerSide(place: string, cwd: string, options: OpenWorker): Promise<WorkerSide> {
  if (isDatabase(place)) {
    const { openDatabaseWorker } = await import("./postgres/databaseWorker.ts");
    return await openDatabaseWorker(place, options);
  }
  const { openFolderWorker } = await import("./folder/openWorker.ts");
  return await openFolderWorker(resolve(cwd, place), options, place);
}
