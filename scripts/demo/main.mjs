// npm run demo: the whole chain on drawn shapes. The work is done in packages/retinanet/src/chain.
import { chainMain } from '@featuremine/retinanet';

await chainMain('demo', process.argv.slice(2));
