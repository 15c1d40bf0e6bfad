import { createRequire } from 'node:module';
import type * as Xml2js from 'xml2js';
import { BOX_LEAVES, OBJECT_LEAVES, SIZE_LEAVES, emptyRawAnnotation, emptyRawObject } from './raw-annotation';
import type { RawAnnotation, RawObject } from './raw-annotation';
import type { FaultKind } from './fault';
import { outlineXml } from './xml-outline';

// Loaded at the first use: most data sets are read without it.
const requireModule = createRequire(__filename);

const DEEPEST = 64;
const MOST_ELEMENTS = 500_000;

/** What an XML text says, or the fault that makes it unreadable. */
export type ParsedAnnotation =
  | { readonly raw: RawAnnotation; readonly hasSecondRoot: boolean }
  | { readonly kind: FaultKind; readonly found: string };

/** Reads any XML text of a VOC annotation with xml2js; never throws. */
export function parseAnnotation(text: string): ParsedAnnotation {
  if (text.trim() === '') return { kind: 'empty-file', found: 'the file is empty' };
  const { deepest, elementCount, rootCount } = outlineXml(text);
  if (deepest > DEEPEST) {
    return { kind: 'nested-too-deep', found: `elements are nested ${deepest} deep, at most ${DEEPEST} are read` };
  }
  if (elementCount > MOST_ELEMENTS) {
    return { kind: 'file-too-large', found: `${elementCount} elements, at most ${MOST_ELEMENTS} are read` };
  }
  const document = parseXml(text);
  if (document instanceof Error)
    return { kind: 'broken-xml', found: `the XML is broken: ${oneLine(document.message)}` };
  if (document === null) return { kind: 'broken-xml', found: 'the XML has no element, or is cut off' };
  if (!Object.hasOwn(document, 'annotation')) {
    const [root] = Object.keys(document);
    return { kind: 'not-an-annotation', found: `the root element is <${String(root)}>, not <annotation>` };
  }
  return { raw: rawOf(document['annotation']), hasSecondRoot: rootCount > 1 };
}

/** xml2js's result: null when no root ended. Errors come back, since its callback may be called more than once. */
function parseXml(text: string): Record<string, unknown> | null | Error {
  let result: unknown;
  let error: Error | undefined;
  try {
    const { Parser } = requireModule('xml2js') as typeof Xml2js;
    new Parser({ explicitArray: true, trim: true, async: false }).parseString(text, (problem, value: unknown) => {
      if (problem !== null) error ??= problem;
      else result ??= value;
    });
  } catch (thrown) {
    error ??= thrown instanceof Error ? thrown : new Error(String(thrown));
  }
  return error ?? (isElement(result) ? result : null);
}

function rawOf(root: unknown): RawAnnotation {
  const raw = emptyRawAnnotation();
  raw.filename = leaf(root, 'filename', raw.repeated);
  const size = only(root, 'size', raw.repeated);
  raw.hasSize = size !== undefined;
  for (const name of SIZE_LEAVES) raw[name] = leaf(size, name, raw.repeated);
  for (const object of children(root, 'object')) raw.objects.push(rawObjectOf(object));
  return raw;
}

function rawObjectOf(element: unknown): RawObject {
  const object = emptyRawObject();
  for (const name of OBJECT_LEAVES) object[name] = leaf(element, name, object.repeated);
  const box = only(element, 'bndbox', object.repeated);
  object.hasBox = box !== undefined;
  object.isRotated = children(element, 'robndbox').length > 0;
  for (const name of BOX_LEAVES) object[name] = leaf(box, name, object.repeated);
  return object;
}

function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The elements of this name; an element that has only text, or nothing, is a string and has none. */
function children(element: unknown, name: string): readonly unknown[] {
  if (!isElement(element) || !Object.hasOwn(element, name)) return [];
  const found = element[name];
  return Array.isArray(found) ? (found as unknown[]) : [];
}

function only(element: unknown, name: string, repeated: string[]): unknown {
  const found = children(element, name);
  if (found.length > 1) repeated.push(name);
  return found[0];
}

/** The trimmed text of an element; with attributes or children xml2js keeps it under `_`. */
function leaf(element: unknown, name: string, repeated: string[]): string | undefined {
  const found = only(element, name, repeated);
  if (found === undefined) return undefined;
  const text = isElement(found) && Object.hasOwn(found, '_') ? found['_'] : found;
  return typeof text === 'string' ? text.trim() : '';
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim();
}
