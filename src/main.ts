import { enableCompileCache } from 'node:module';

// Started through the launcher on an older Node: end with it.
if (process.connected) {
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref();
}

// Compiled code is kept between starts (in the system's temporary directory), which halves the time to the first answer.
enableCompileCache();

const { runCli } = await import('./cli/program.ts');
process.exitCode = await runCli(process.argv);
