import { DatasetError, UserError, fileFaultFound } from '@featuremine/errors';
import { countJsonValues } from './count-json-values';
import { readPlainFile } from './plain-file';

/** What JavaScript can hold as one text; instances_train2017.json of COCO has 470 million bytes. */
const LARGEST_BYTES = 2 ** 29 - 24;
/** Objects, lists and properties; that file has some 12 million. */
const MOST_ELEMENTS = 32_000_000;
/** Numbers in lists, mostly. */
const MOST_SEPARATORS = 128_000_000;

/**
 * The content of a JSON file; a byte order mark is skipped.
 *
 * @throws DatasetError when it cannot be read, is no JSON, or would take more memory than any data set does; FileError for
 * what is no file, or too large
 */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const found = `no valid JSON (${(error as Error).message})`;
    throw new DatasetError({ where: path, found, fix: 'Write the file anew' }, { cause: error });
  }
}

// The bytes are free before the text is parsed.
function readText(path: string): string {
  const bytes = readBytes(path);
  const { elements, separators } = countJsonValues(bytes);
  if (elements > MOST_ELEMENTS || separators > MOST_SEPARATORS) {
    throw new DatasetError({
      where: path,
      found: `${elements} objects, lists and properties, and ${separators} commas`,
      expected: `at most ${MOST_ELEMENTS} and ${MOST_SEPARATORS}`,
      fix: 'Check what the file is, or split it',
    });
  }
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function readBytes(path: string): Buffer {
  try {
    return readPlainFile(path, LARGEST_BYTES);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const found = fileFaultFound(error);
    throw new DatasetError({ where: path, found, expected: 'a JSON file', fix: 'Check the path' }, { cause: error });
  }
}
