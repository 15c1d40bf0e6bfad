import { join } from 'node:path';
import sharp from 'sharp';
import { buildSite } from '../../src/build-site';
import { readExportedModel } from '../../src/exported-model';
import { writeTinyModel } from './tiny-model';

/** A site with the tiny detector, and a picture of 200x120 px in which it finds much. */
export interface TinySite {
  readonly folder: string;
  /** The exported model that the site was made of. */
  readonly model: string;
  /** A PNG file, which is also the site's example. */
  readonly picture: string;
}

/** Builds the site below `folder`. */
export async function buildTinySite(folder: string): Promise<TinySite> {
  const model = writeTinyModel(join(folder, 'tiny'));
  const picture = join(folder, 'picture.png');
  await sharp(fourCorners(), { raw: { width: 200, height: 120, channels: 3 } })
    .png()
    .toFile(picture);
  const site = join(folder, 'site');
  await buildSite({ folder: site, models: [readExportedModel(model)], examples: [picture] });
  return { folder: site, model, picture };
}

// Four corners of different colours: the tiny network looks at colours only.
function fourCorners(): Uint8Array {
  return Uint8Array.from({ length: 200 * 120 * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % 200, Math.floor(i / 600), i % 3];
    return (x < 100 ? 40 : 220) * (channel === 0 ? 1 : 0) + (y < 60 ? 30 : 200) * (channel === 2 ? 1 : 0);
  });
}
