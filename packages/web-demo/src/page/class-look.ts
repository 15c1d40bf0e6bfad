/** How boxes of a class are drawn. */
export interface ClassLook {
  /** #rrggbb. */
  readonly colour: string;
  /** Black or white, whichever is read more easily on the colour. */
  readonly textColour: string;
  readonly line: 'solid' | 'dashed' | 'dotted';
}

// Okabe and Ito's colours, told apart with every form of colour blindness; the most different ones come first.
const COLOURS = ['#e69f00', '#56b4e9', '#009e73', '#f0e442', '#0072b2', '#d55e00', '#cc79a7'];
const LINES = ['solid', 'dashed', 'dotted'] as const;

/** The look of a class: 7 colours with 3 kinds of line, so that 21 classes differ. */
export function classLook(classId: number): ClassLook {
  const colour = COLOURS[classId % COLOURS.length];
  const line = LINES[Math.floor(classId / COLOURS.length) % LINES.length];
  const textColour = contrast(colour, '#000000') >= contrast(colour, '#ffffff') ? '#000000' : '#ffffff';
  return { colour, textColour, line };
}

/** The contrast of two colours #rrggbb, 1…21. Source: WCAG 2.2, "contrast ratio". */
export function contrast(a: string, b: string): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((first, second) => first - second);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
