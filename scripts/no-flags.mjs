// For scripts that take no flags, and may run before anything is built: --help tells what the script does, and any other word
// is refused with exit code 2.
import { relative } from 'node:path';
import { tellDefinition } from './script-definition.mjs';

/** Goes on without words behind the script's name; else ends the process. */
export function takesNoFlags(summary) {
  tellDefinition({ summary });
  const [word] = process.argv.slice(2);
  if (word === undefined) return;
  const script = `node ${relative(process.cwd(), process.argv[1])}`;
  if (word === '--help' || word === '-h') {
    process.stdout.write(`${script}\n\n${summary}\n\nIt takes no flags.\n`);
    process.exit(0);
  }
  process.stderr.write(`error: ${word}: unknown flag. See ${script} --help.\n`);
  process.exit(2);
}
