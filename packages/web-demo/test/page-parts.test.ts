import { classLook, contrast } from '../src/page/class-look';
import { milliseconds, percent, summaryOf } from '../src/page/words';

const object = (name: string) => ({ class: name, score: 0.9, box: [0, 0, 1, 1] as const });

describe('classLook', () => {
  it('differs for 21 classes', () => {
    const looks = Array.from({ length: 21 }, (_, i) => classLook(i));
    expect(new Set(looks.map(({ colour, line }) => `${colour} ${line}`)).size).toBe(21);
  });

  it('has text that stands out on each colour', () => {
    for (let i = 0; i < 7; i++) {
      const { colour, textColour } = classLook(i);
      expect(contrast(colour, textColour)).toBeGreaterThan(4.5); // WCAG AA
    }
  });
});

describe('contrast', () => {
  it('is 21 of black and white, and 1 of a colour and itself', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21);
    expect(contrast('#56b4e9', '#56b4e9')).toBe(1);
  });
});

describe('summaryOf', () => {
  it('counts by class, the most frequent first', () => {
    const objects = ['cat', 'dog', 'dog'].map(object);
    expect(summaryOf(objects, 0)).toBe('3 objects: 2 × dog, 1 × cat.');
  });

  it('tells what the threshold hides', () => {
    expect(summaryOf([object('cat')], 4)).toBe('1 object: 1 × cat. 4 more below the least score.');
    expect(summaryOf([], 0)).toBe('Nothing found.');
  });
});

describe('percent and milliseconds', () => {
  it('round as people read them', () => {
    expect(percent(0.934)).toBe('93 %');
    expect(milliseconds(4.26)).toBe('4.3 ms');
    expect(milliseconds(310.4)).toBe('310 ms');
  });
});
