// Loaded into every Node.js process of a benchmark: appends its peak memory in KB to a file.
const { appendFileSync } = require('node:fs');

process.on('exit', () => {
  appendFileSync(process.env.PEAK_MEMORY_FILE, `${process.resourceUsage().maxRSS}\n`);
});
