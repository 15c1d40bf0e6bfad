// Asks a script what it does and which flags it takes, without running it. Imports no package: scripts that run before the
// set-up use it too.
import { pathToFileURL } from 'node:url';

let isAsked = false;

/** Ends the script that is asked, at the place where it would read its flags. */
class Told extends Error {
  constructor(definition) {
    super('a script was asked for its flags');
    this.definition = definition;
  }
}

/** Called by each script before it reads its flags: goes on, unless the script is only asked. */
export function tellDefinition(definition) {
  if (isAsked) throw new Told(definition);
}

/**
 * What a script says of itself: `summary`, and where they are given `examples`, `schema` (absent: it takes no flags) and
 * `positional`. Its imports are loaded, nothing behind its reading of flags is run. One script at a time.
 *
 * @param {string} path absolute
 */
export async function definitionOf(path) {
  const self = process.argv[1];
  isAsked = true;
  process.argv[1] = path; // Some are modules too, and read flags only when they are what is run.
  try {
    await import(`${pathToFileURL(path)}?definition`); // Anew, also where another script has imported it.
  } catch (error) {
    if (error instanceof Told) return error.definition;
    throw error;
  } finally {
    isAsked = false;
    process.argv[1] = self;
  }
  throw new Error(`${path}: it did not ask for flags`);
}
