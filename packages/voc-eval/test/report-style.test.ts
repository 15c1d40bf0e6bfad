import { errorTypes } from '@featuremine/voc-eval';
import { style } from '../src/report/style';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** Severity 1.0 of Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency. */
const visions: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** Linear sRGB to XYZ, each row over D65's white. */
const toXyz: Matrix = [
  [0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339 / 1.08883, 0.119192 / 1.08883, 0.9503041 / 1.08883],
];

function times(matrix: Matrix, [a, b, c]: Triple): Triple {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;
}

/** CIELAB of a colour as a vision sees it. */
function lab(hex: string, vision: Matrix): Triple {
  const linear = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
  const seen = times(vision, linear).map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
  const [x, y, z] = times(toXyz, seen).map((value) =>
    value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value) / 116 + 16 / 116,
  );
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Hex colours by custom property; the dark ones over the light ones. */
function colours(isDark: boolean): Record<string, string> {
  const [light, dark] = style.text.split('@media (prefers-color-scheme: dark)');
  const read = (text: string): [string, string][] => {
    return [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]);
  };
  return Object.fromEntries([...read(light), ...(isDark ? read(dark) : [])]);
}

describe('style', () => {
  const groups = {
    'error types': errorTypes.map((type) => (type === 'missed' ? 'missed-type' : type)),
    boxes: ['found', 'false', 'missed'],
  };
  it.each(Object.entries(visions))('has colours that are told apart, light and dark: %s', (_, vision) => {
    for (const isDark of [false, true]) {
      const values = colours(isDark);
      for (const names of Object.values(groups)) {
        names.forEach((a, i) => {
          for (const b of names.slice(0, i)) {
            const [p, q] = [lab(values[a], vision), lab(values[b], vision)];
            // A distance of 2.3 is just seen; neighbours on a page need several times that.
            expect({ a, b, isFar: Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) > 15 }).toEqual({
              a,
              b,
              isFar: true,
            });
          }
        });
      }
    }
  });
});
