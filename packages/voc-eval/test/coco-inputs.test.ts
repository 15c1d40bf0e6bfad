import { detectionsFromCocoResults, groundTruthFromCoco, withClasses, type GroundTruth } from '@featuremine/voc-eval';
import { cocoIds } from '../src/coco-ids';
import { detectionsFromProjectJson } from '../src/inputs/project-detections';
import { groundTruth, object } from './support/build';

const content = {
  images: [
    { id: 9, width: 10, height: 20, file_name: 'b/two.jpg' },
    { id: 3, width: 10, height: 20, file_name: 'one.png' },
  ],
  categories: [
    { id: 7, name: 'dog' },
    { id: 2, name: 'cat' },
  ],
  annotations: [
    { id: 1, image_id: 9, category_id: 7, bbox: [1, 2, 3, 4], area: 5, iscrowd: 1 },
    { id: 2, image_id: 9, category_id: 2, bbox: [0, 0, 2, 2], ignore: 1 },
  ],
};

describe('groundTruthFromCoco', () => {
  it('goes by rising ids and keeps numbers, names, areas and flags', () => {
    const truth = groundTruthFromCoco(content, 'gt.json');
    expect(truth).toMatchObject({
      classNames: ['cat', 'dog'],
      categoryIds: [2, 7],
      images: [
        { id: 'one', cocoId: 3, objects: [] },
        {
          id: 'two',
          cocoId: 9,
          objects: [
            { classId: 1, box: [1, 2, 4, 6], boxArea: 12, area: 5, isCrowd: true, isDifficult: false },
            { classId: 0, box: [0, 0, 2, 2], boxArea: 4, area: 4, isCrowd: false, isDifficult: true },
          ],
        },
      ],
    });
  });

  it('calls images by number when their file names repeat, and classes of one name by their id too', () => {
    const twice = {
      ...content,
      images: content.images.map((image) => ({ ...image, file_name: 'x.jpg' })),
      categories: content.categories.map((category) => ({ ...category, name: 'dog' })),
    };
    const truth = groundTruthFromCoco(twice, 'gt.json');
    expect(truth.images.map(({ id }) => id)).toEqual(['3', '9']);
    expect(truth.classNames).toEqual(['dog (2)', 'dog (7)']);
  });

  it('tells of each malformed entry, however many there are, and leaves it out', () => {
    const [good] = content.annotations;
    const bad = Array.from({ length: 1005 }, () => ({ ...good, image_id: 4 }));
    const told: string[] = [];
    const onFault = (fault: string): void => void told.push(fault);
    const truth = groundTruthFromCoco({ ...content, annotations: [...bad, good] }, 'gt.json', { onFault });
    expect(told).toHaveLength(1005);
    expect(told[1004]).toBe('annotations[1004]: image_id 4 is none of the images');
    expect(truth.images[1].objects).toHaveLength(1);
  });

  it.each([
    [[], '[], expected COCO ground truth'],
    [null, 'null, expected COCO ground truth'],
    [{ images: [], categories: [] }, 'no list "annotations"'],
    [{ ...content, images: [{ id: 'x' }] }, '3 faults'],
    [{ ...content, images: [...content.images, { id: 9 }] }, 'images[2]: id 9 a second time'],
    [{ ...content, categories: [...content.categories, { id: 2, name: 'x' }] }, 'categories[2]: id 2 a second time'],
    [{ ...content, annotations: [{ image_id: 4, category_id: 7, bbox: [0, 0, 1, 1] }] }, 'image_id 4 is none'],
    [{ ...content, annotations: [{ image_id: 9, category_id: 4, bbox: [0, 0, 1, 1] }] }, 'category_id 4 is none'],
    [{ ...content, annotations: [{ image_id: 9, category_id: 7, bbox: [0, 0, 1] }] }, 'bbox [0,0,1], expected'],
    [{ ...content, annotations: [{ image_id: 9, category_id: 7, bbox: [0, 0, -1, 1] }] }, 'a negative size'],
  ])('refuses %j', (bad, message) => {
    expect(() => groundTruthFromCoco(bad, 'gt.json')).toThrow(message);
  });
});

describe('withClasses', () => {
  it('takes the classes in their order, counts objects of others, and numbers classes that are not there', () => {
    const { groundTruth: truth, otherClassCount } = withClasses(groundTruthFromCoco(content, 'gt.json'), [
      'cow',
      'dog',
    ]);
    expect([truth.classNames, truth.categoryIds, otherClassCount]).toEqual([['cow', 'dog'], [8, 7], 1]);
    expect(truth.images.map(({ objects }) => objects.map(({ classId }) => classId))).toEqual([[], [1]]);
  });

  it('refuses a class that is named twice', () => {
    const truth = groundTruthFromCoco(content, 'gt.json');
    expect(() => withClasses(truth, ['dog', 'cat', 'dog'])).toThrow(
      'classes: dog is there twice. Name each class once',
    );
  });
});

describe('detectionsFromCocoResults', () => {
  const truth = groundTruthFromCoco(content, 'gt.json');
  const row = { image_id: 9, category_id: 7, bbox: [1, 2, 3, 4], score: 0.5 };

  it('finds images and classes by number, keeps width · height, and leaves other classes out with a warning', () => {
    const read = detectionsFromCocoResults([row, { ...row, category_id: 5 }], truth, 'r.json');
    expect(read.detections).toEqual({
      imageIndex: Int32Array.of(1),
      classId: Int32Array.of(1),
      score: Float64Array.of(0.5),
      box: Float64Array.of(1, 2, 4, 6),
      area: Float64Array.of(12),
    });
    expect(read.warnings).toEqual(['category_id 5 is no class of the set: 1 rows left out']);
  });

  it('finds VOC images by the number in their name', () => {
    const voc: GroundTruth = {
      classNames: ['dog'],
      images: [{ id: '000012', width: 1, height: 1, objects: [] }],
    };
    const read = detectionsFromCocoResults([{ ...row, image_id: 12, category_id: 1 }], voc, 'r.json');
    expect(read.detections.imageIndex).toEqual(Int32Array.of(0));
  });

  it.each([
    [{}, 'an empty object, expected COCO results'],
    [[{ ...row, image_id: 4 }], '[0]: image_id 4 is no image of the set'],
    [[{ ...row, score: null }], '[0]: score null, expected a number'],
    [[{ ...row, bbox: 'x' }], '[0]: bbox "x", expected'],
    [Array(25).fill(7), '25 faults'],
  ])('refuses %j', (bad, message) => {
    expect(() => detectionsFromCocoResults(bad, truth, 'r.json')).toThrow(message);
  });
});

describe('detectionsFromProjectJson', () => {
  const truth = groundTruth([[object([0, 0, 1, 1])], []]);
  const image = (file: string, ...rows: unknown[]) => ({ images: [{ file, detections: rows }] });
  const good = { class: 'dog', score: 0.5, box: [1, 2, 3, 4] };

  it('finds an image by the stem of its file', () => {
    const { detections } = detectionsFromProjectJson(image('/data/i1.jpg', good), truth, 'p.json');
    expect(detections.imageIndex).toEqual(Int32Array.of(1));
    expect(detections.box).toEqual(Float64Array.of(1, 2, 3, 4));
  });

  it('passes over an image outside the set without detections, and refuses one with', () => {
    expect(detectionsFromProjectJson(image('x.jpg'), truth, 'p.json').detections.score).toHaveLength(0);
    expect(() => detectionsFromProjectJson(image('x.jpg', good), truth, 'p.json')).toThrow('"x.jpg" is no image');
  });

  it.each([
    [7, '7, expected { "images"'],
    [image('i0.jpg', 3), 'images[0].detections[0]: 3, expected an object'],
    [image('i0.jpg', { ...good, class: 3 }), 'class 3, expected a text'],
    [image('i0.jpg', { ...good, score: 'x' }), 'score "x", expected a number'],
    [image('i0.jpg', { ...good, box: [1, 2, 3, null] }), 'box a list of 4, expected'],
    [{ images: [{ file: 'i0.jpg' }] }, 'expected a text "file" and a list "detections"'],
  ])('refuses %j', (bad, message) => {
    expect(() => detectionsFromProjectJson(bad, truth, 'p.json')).toThrow(message);
  });
});

describe('cocoIds', () => {
  const ids = (...names: string[]) =>
    cocoIds({ classNames: ['a'], images: names.map((id) => ({ id, width: 0, height: 0, objects: [] })) }).images;

  it('takes the number in a VOC name, and places where names have none or share one', () => {
    expect(ids('000012', '2008_000003')).toEqual([12, 2008000003]);
    expect(ids('000012', '12')).toEqual([1, 2]);
    expect(ids('dog', '7')).toEqual([1, 2]);
  });
});
