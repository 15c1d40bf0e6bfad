// npm run web-demo: a trained detector in the browser. The work is done in packages/web-demo.
import { main } from '@featuremine/web-demo';

await main(['serve', ...process.argv.slice(2)]);
