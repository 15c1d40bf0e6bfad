import { validateDevkit, validateFolder } from '@featuremine/voc';
import type { ImageProbe, ValidationReport } from '@featuremine/voc';
import type { SourceFlags } from '../data-source';
import { validateCoco } from './coco-report';
import { nearDuplicates } from './near-duplicates';
import type { NearDuplicate, SignedImage } from './near-duplicates';
import { probeImages } from './probe-images';

/** Annotated images that are checked together: what is trained on, or what is tested on. */
export interface DataPart {
  readonly name: string;
  readonly source: SourceFlags;
  readonly sets: string | undefined;
}

/** All that was found. */
export interface DataReport {
  readonly parts: readonly { readonly name: string; readonly report: ValidationReport }[];
  /** Between the first and the second part; within the only one. */
  readonly duplicates: readonly NearDuplicate[];
}

/** How data are checked. */
export interface ValidateDataOptions {
  readonly classes?: readonly string[] | undefined;
  readonly findsDuplicates: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks one or two parts: annotations by packages/voc, all pixels of their images, and images that show the same.
 *
 * Annotations are read twice: first to learn which images there are, then to judge them by what decoding them told.
 *
 * @throws DatasetError only for data that are not there; what is wrong with them is in the report
 */
export async function validateData(parts: readonly DataPart[], options: ValidateDataOptions): Promise<DataReport> {
  const { classes, findsDuplicates, onProgress } = options;
  const imagesOf = parts.map((part) => {
    const paths = new Set<string>();
    reportOn(part, classes, (path) => {
      paths.add(path);
      return undefined;
    });
    return [...paths];
  });
  const all = [...new Set(imagesOf.flat())];
  const probed = await probeImages(all, (done) => onProgress?.(done, all.length));
  const signed = imagesOf.map((paths): SignedImage[] =>
    paths.flatMap((path): SignedImage[] => {
      const result = probed.get(path);
      return result ? [[path, result.signature]] : [];
    }),
  );
  return {
    parts: parts.map((part) => ({ name: part.name, report: reportOn(part, classes, (path) => probed.get(path)) })),
    duplicates: findsDuplicates ? nearDuplicates(signed[0] ?? [], signed[1]) : [],
  };
}

function reportOn(
  { source, sets }: DataPart,
  classes: readonly string[] | undefined,
  probeImage: ImageProbe,
): ValidationReport {
  const options = { probeImage, ...(classes ? { classes } : {}) };
  if (source.voc !== undefined) return validateDevkit(source.voc, sets, options);
  if (source.data !== undefined) return validateFolder(source.data, sets, options);
  return validateCoco({ file: source.coco!, imageFolder: source.images! }, options);
}
