import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';

/** Builds dist/: plain JavaScript by `tsc`, and the SQL of the migrations beside the code that reads it. */
rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
for (const file of globSync('src/**/*.sql')) cpSync(file, file.replace(/^src/, 'dist'));
