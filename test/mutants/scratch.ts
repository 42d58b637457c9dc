import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../sources.ts";

const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: "pipe" });

/** A copy of the last commit in a temporary folder, which mutants may be planted in. */
export class Scratch {
  readonly folder: string;
  readonly commit = git("rev-parse", "HEAD").trim();

  /** @throws Error if this is no git repository, or the copy cannot be made */
  constructor() {
    // What the tests see as their own path must be the real one.
    this.folder = join(fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "evenkeel-mutants-"))), "evenkeel");
    git("worktree", "add", "--detach", this.folder, this.commit);
    try {
      for (const folder of ["", ...fs.readdirSync(join(root, "packages")).map((name) => join("packages", name))]) {
        linkPackages(join(root, folder, "node_modules"), join(this.folder, folder, "node_modules"));
      }
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Whether the checkout has changes that the copy lacks. */
  get isBehind(): boolean {
    return git("status", "--porcelain").trim() !== "";
  }

  /** Runs `use` with another text in a file, and puts the old one back, whatever happens. */
  async with<T>(path: string, text: string, use: () => Promise<T>): Promise<T> {
    const file = join(this.folder, path);
    const own = fs.readFileSync(file);
    fs.writeFileSync(file, text);
    try {
      return await use();
    } finally {
      if (fs.existsSync(file)) fs.writeFileSync(file, own);
    }
  }

  /** Removes the copy. Synchronous, so that it can be done where a process ends. */
  remove(): void {
    git("worktree", "remove", "--force", this.folder);
    fs.rmSync(join(this.folder, ".."), { recursive: true, force: true });
  }
}

/**
 * Installed packages are those of the checkout. Links to the packages of this repository are
 * relative: copied as they are, they lead into the copy.
 */
function linkPackages(from: string, to: string): void {
  if (!fs.existsSync(from)) return;
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, link] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), link);
    else if (entry.name.startsWith("@")) linkPackages(source, link);
    else if (!entry.name.startsWith(".") || entry.name === ".bin") fs.symlinkSync(source, link);
  }
}
