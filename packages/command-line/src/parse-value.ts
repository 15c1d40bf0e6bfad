import { parseJson as parseNested } from '@featuremine/errors';
import { alternatives } from './option-schema';
import type { JsonSchema } from './option-schema';

/** The value of a flag's text, or the text's fault. */
export type ParsedValue = { readonly value: unknown } | { readonly isFaulty: true };

const faulty: ParsedValue = { isFaulty: true };

/**
 * Reads the text of a flag or of `--set` as the schema wants it; lists are split at commas.
 *
 * Ranges are left to the schema itself: a text of the right kind passes here.
 */
export function parseValue(schema: JsonSchema, text: string): ParsedValue {
  const options = alternatives(schema);
  if (options.length > 1) return parseAlternatives(options, text);
  if (schema.enum ?? schema.const !== undefined) return parseChoice(schema.enum ?? [schema.const], text);
  switch (schema.type) {
    case 'number':
    case 'integer':
      return parseNumber(text);
    case 'boolean':
      return text === 'true' ? { value: true } : text === 'false' ? { value: false } : faulty;
    case 'null':
      return text === 'null' ? { value: null } : faulty;
    case 'array':
      return parseList(schema, text);
    case 'object':
      return parseJson(text);
    default:
      return { value: text };
  }
}

function parseAlternatives(options: readonly JsonSchema[], text: string): ParsedValue {
  // Texts come last: "0.5" is the number where a number is possible.
  const ordered = [...options].sort((a, b) => Number(isFreeText(a)) - Number(isFreeText(b)));
  for (const option of ordered) {
    const parsed = parseValue(option, text);
    if ('value' in parsed) return parsed;
  }
  return faulty;
}

function isFreeText(schema: JsonSchema): boolean {
  return schema.type === 'string' && !schema.enum && schema.const === undefined;
}

function parseChoice(choices: readonly unknown[], text: string): ParsedValue {
  const index = choices.findIndex((choice) => String(choice) === text);
  return index < 0 ? faulty : { value: choices[index] };
}

function parseNumber(text: string): ParsedValue {
  const isDecimal = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text.trim());
  const value = Number(text);
  return isDecimal && Number.isFinite(value) ? { value } : faulty;
}

function parseList(schema: JsonSchema, text: string): ParsedValue {
  if (text.trim() === '') return { value: [] };
  const values: unknown[] = [];
  for (const part of text.split(',')) {
    const parsed = parseValue(schema.items ?? {}, part.trim());
    if (!('value' in parsed)) return faulty;
    values.push(parsed.value);
  }
  return { value: values };
}

function parseJson(text: string): ParsedValue {
  try {
    return { value: parseNested(text) };
  } catch {
    return faulty;
  }
}
