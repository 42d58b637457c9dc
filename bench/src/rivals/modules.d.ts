// Installed apart (npm --prefix bench install), so the repository is checked without their types.
declare module "@tensorflow/tfjs";
declare module "@tensorflow/tfjs-backend-wasm";
declare module "@jax-js/jax";
