export { type InitOptions, init, type Ranks } from "./init.ts";
