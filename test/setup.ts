import { verification } from "../packages/evenkeel/src/compile/verification.ts";

// In all tests every graph is checked after every pass, every order of tasks, and every layout of
// memory.
verification.enabled = true;
