// npm run chain -- …: the whole chain on your own data. The work is done in packages/retinanet/src/chain.
import { chainMain } from '@featuremine/retinanet';

await chainMain('chain', process.argv.slice(2));
