/** The leaves of an `<object>` and its `<bndbox>` that are read. */
export const OBJECT_LEAVES = ['name', 'pose', 'truncated', 'difficult'] as const;
export const BOX_LEAVES = ['xmin', 'ymin', 'xmax', 'ymax'] as const;
export const SIZE_LEAVES = ['width', 'height', 'depth'] as const;

/** Name of a leaf of `<bndbox>`. */
export type BoxLeaf = (typeof BOX_LEAVES)[number];

/**
 * The text of an annotation's elements, trimmed, before anything is judged; undefined where there is no element.
 * Both parsers give this form.
 */
export interface RawAnnotation {
  filename: string | undefined;
  hasSize: boolean;
  width: string | undefined;
  height: string | undefined;
  depth: string | undefined;
  objects: RawObject[];
  /** Elements found twice where one belongs, outside of objects. */
  repeated: string[];
}

/** The text of one `<object>`. */
export interface RawObject {
  name: string | undefined;
  pose: string | undefined;
  truncated: string | undefined;
  difficult: string | undefined;
  hasBox: boolean;
  /** There is a `<robndbox>`. */
  isRotated: boolean;
  xmin: string | undefined;
  ymin: string | undefined;
  xmax: string | undefined;
  ymax: string | undefined;
  /** Elements found twice where one belongs. */
  repeated: string[];
}

export function emptyRawAnnotation(): RawAnnotation {
  return {
    filename: undefined,
    hasSize: false,
    width: undefined,
    height: undefined,
    depth: undefined,
    objects: [],
    repeated: [],
  };
}

export function emptyRawObject(): RawObject {
  return {
    name: undefined,
    pose: undefined,
    truncated: undefined,
    difficult: undefined,
    hasBox: false,
    isRotated: false,
    xmin: undefined,
    ymin: undefined,
    xmax: undefined,
    ymax: undefined,
    repeated: [],
  };
}
