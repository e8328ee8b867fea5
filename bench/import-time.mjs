// node bench/import-time.mjs <module>: prints how many milliseconds its import takes. This file is an ES module, as the
// runtime of Lambda is: the first one that a process loads takes longer.
const start = performance.now();
await import(process.argv[2]);
console.log(performance.now() - start);
