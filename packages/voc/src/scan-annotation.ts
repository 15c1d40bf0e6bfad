import { emptyRawAnnotation, emptyRawObject } from './raw-annotation';
import type { RawAnnotation, RawObject } from './raw-annotation';

/** What the open element is: only the text of a leaf is read, and what is in another element is passed over. */
type Context = 'document' | 'annotation' | 'size' | 'object' | 'bndbox' | 'other' | 'leaf';

const DEEPEST = 64;
const SLASH = 47;
const PLAIN_NAME = /^[A-Za-z_][\w.-]*$/;
const DECLARATION = /^<\?xml [^<>?]*\?>/;
const OTHER_ENTITY = /&(?!(?:amp|lt|gt|quot|apos);)/;
const ENTITY = /&(amp|lt|gt|quot|apos);/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the plain form of a VOC annotation, much faster than a full XML parser: elements without attributes, none twice
 * where one belongs, the five predefined entities, nothing but a declaration before the root. Anything else gives
 * undefined, and the full parser decides; what this function returns is what that parser gives.
 */
export function scanAnnotation(text: string): RawAnnotation | undefined {
  if (text.includes('&') && OTHER_ENTITY.test(text)) return undefined;
  const raw = emptyRawAnnotation();
  let object = emptyRawObject();
  const names: string[] = [];
  const contexts: Context[] = ['document'];
  let rootCount = 0;
  let leafStart = 0;
  let position = text.startsWith('<?') ? (DECLARATION.exec(text)?.[0].length ?? 0) : 0;
  for (;;) {
    const open = text.indexOf('<', position);
    const context = contexts[contexts.length - 1];
    if (context === 'document' && text.slice(position, open < 0 ? undefined : open).trim() !== '') return undefined;
    if (open < 0) return names.length === 0 && rootCount === 1 ? raw : undefined;
    const close = text.indexOf('>', open);
    if (close < 0) return undefined;
    position = close + 1;

    if (text.charCodeAt(open + 1) === SLASH) {
      const name = names.pop();
      if (name === undefined || close - open - 2 !== name.length || !text.startsWith(name, open + 2)) return undefined;
      contexts.pop();
      if (context === 'leaf' && !setLeaf(raw, object, name, leafText(text, leafStart, open), parentOf(contexts))) {
        return undefined;
      }
      continue;
    }

    const isClosed = text.charCodeAt(close - 1) === SLASH;
    const name = text.slice(open + 1, isClosed ? close - 1 : close);
    const inner = enter(context, name);
    if (inner === undefined || (inner === 'other' && !PLAIN_NAME.test(name))) return undefined;
    if (inner === 'annotation' && ++rootCount > 1) return undefined;
    if (inner === 'object') raw.objects.push((object = emptyRawObject()));
    if (inner === 'size') {
      if (raw.hasSize) return undefined;
      raw.hasSize = true;
    }
    if (inner === 'bndbox') {
      if (object.hasBox) return undefined;
      object.hasBox = true;
    }
    if (context === 'object' && name === 'robndbox') object.isRotated = true;
    if (isClosed) {
      if (inner === 'leaf' && !setLeaf(raw, object, name, '', context)) return undefined;
      continue;
    }
    if (names.length >= DEEPEST) return undefined;
    names.push(name);
    contexts.push(inner);
    leafStart = position;
  }
}

/** What an element of this name is inside of this one; undefined where only the full parser can tell. */
function enter(context: Context, name: string): Context | undefined {
  switch (context) {
    case 'document':
      return name === 'annotation' ? 'annotation' : undefined;
    case 'annotation':
      if (name === 'object' || name === 'size') return name;
      return name === 'filename' ? 'leaf' : 'other';
    case 'object':
      if (name === 'bndbox') return 'bndbox';
      return name === 'name' || name === 'pose' || name === 'truncated' || name === 'difficult' ? 'leaf' : 'other';
    case 'bndbox':
      return name === 'xmin' || name === 'ymin' || name === 'xmax' || name === 'ymax' ? 'leaf' : 'other';
    case 'size':
      return name === 'width' || name === 'height' || name === 'depth' ? 'leaf' : 'other';
    case 'other':
      return 'other';
    case 'leaf':
      return undefined;
  }
}

function parentOf(contexts: readonly Context[]): Context {
  return contexts[contexts.length - 1];
}

/** False when the leaf has a value already. */
function setLeaf(raw: RawAnnotation, object: RawObject, name: string, value: string, parent: Context): boolean {
  const holder = parent === 'object' || parent === 'bndbox' ? object : raw;
  const key = name as keyof typeof holder;
  if (holder[key] !== undefined) return false;
  holder[key] = value as never;
  return true;
}

function leafText(text: string, start: number, end: number): string {
  const value = text.slice(start, end).trim();
  return value.includes('&') ? value.replace(ENTITY, (_, entity: string) => ENTITIES[entity]) : value;
}
