import { nearestName } from './nearest-name';
import { DatasetError } from './user-error';

const SHOWN = 50;

/** Refuses a list of classes that has a name twice. @throws DatasetError */
export function refuseRepeatedClasses(classNames: readonly string[]): void {
  const repeated = classNames.find((name, i) => classNames.indexOf(name) < i);
  if (repeated === undefined) return;
  throw new DatasetError({ where: 'classes', found: `${repeated} is there twice`, fix: 'Name each class once' });
}

/**
 * Refuses classes that no object has.
 *
 * @param annotated.where what was read, for messages: `VOCdevkit, 2007/trainval`
 * @param annotated.found classes of the objects that are kept
 * @param annotated.known classes that may be meant, as they are listed
 * @throws DatasetError that names them, and the nearest known class
 */
export function refuseAbsentClasses(
  classNames: readonly string[],
  annotated: { readonly where: string; readonly found: ReadonlySet<string>; readonly known: readonly string[] },
): void {
  const { where, found, known } = annotated;
  const absent = classNames.filter((name) => !found.has(name));
  const [first] = absent;
  if (first === undefined) return;
  const near = nearestName(
    first,
    known.filter((name) => name !== first),
  );
  throw new DatasetError({
    where,
    found: `no object has the class ${absent.join(', ')}`,
    expected: `classes among ${known.slice(0, SHOWN).join(', ') || 'those found (there is none)'}`,
    fix: near === undefined ? 'Name classes that the annotations have' : `Did you mean ${near}?`,
  });
}
