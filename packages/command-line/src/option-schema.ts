import type { z } from 'zod';
import { kebabCase } from './kebab-case';

/** The part of JSON Schema that options use; made from a zod schema's input side. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
}

/** One key of a command's schema, as flags, help texts and reference pages need it. */
export interface OptionField {
  /** camelCase, as in config files. */
  readonly key: string;
  /** kebab-case, without dashes. */
  readonly flag: string;
  readonly schema: JsonSchema;
  readonly description: string;
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
}

/** The JSON Schema of what a zod object takes as input. */
export function inputSchema(schema: z.ZodObject): JsonSchema {
  return schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** The keys of a command's schema in their order, for flags, help and generated reference pages. */
export function optionFields(schema: z.ZodObject): OptionField[] {
  const json = inputSchema(schema);
  return Object.entries(json.properties ?? {}).map(([key, property]) => ({
    key,
    flag: kebabCase(key),
    schema: property,
    description: property.description ?? '',
    defaultValue: property.default ?? outerDefault(schema.shape[key]),
    isRequired: json.required?.includes(key) ?? false,
  }));
}

// A default behind a transform has no place in JSON Schema; zod still knows it.
function outerDefault(field: unknown): unknown {
  const def = (field as { def?: { type?: string; defaultValue?: unknown } } | undefined)?.def;
  return def?.type === 'default' ? def.defaultValue : undefined;
}

/** The alternatives of a schema: its anyOf flattened, or itself. */
export function alternatives(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(alternatives) : [schema];
}

/** What a value must be, in words: `a whole number from 1`, `float32 or bfloat16`. */
export function describeExpected(schema: JsonSchema): string {
  const options = alternatives(schema);
  if (options.length > 1) return options.map(describeExpected).join(', or ');
  if (schema.enum) return schema.enum.map(String).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  switch (schema.type) {
    case 'integer':
      return `a whole number${describeRange(schema)}`;
    case 'number':
      return `a number${describeRange(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return describeList(schema);
    case 'object':
      return 'an object';
    case 'null':
      return 'null';
    case 'string':
      return schema.minLength ? 'a text that is not empty' : 'a text';
    default:
      return 'another value';
  }
}

function describeList({ minItems = 0, maxItems, items }: JsonSchema): string {
  if (minItems > 0 && minItems === maxItems) return `a list of ${minItems} ${describeItems(items)}`;
  return `${minItems > 0 ? `at least ${minItems} of ` : ''}a list of ${describeItems(items)}`;
}

function describeItems(items: JsonSchema | undefined): string {
  if (!items) return 'values';
  return describeExpected(items).replace(/^an? (text|number|whole number|object).*/, '$1s');
}

function describeRange(schema: JsonSchema): string {
  const { minimum, exclusiveMinimum, exclusiveMaximum } = schema;
  const maximum = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  const parts: string[] = [];
  const low = schema.type === 'integer' && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : minimum;
  if (low !== undefined && low !== Number.MIN_SAFE_INTEGER) parts.push(`from ${low}`);
  else if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined) parts.push(`to ${maximum}`);
  else if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}
