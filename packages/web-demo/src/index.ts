export { main } from './cli';
export { buildSite } from './build-site';
export type { SiteOptions } from './build-site';
export { readExportedModel } from './exported-model';
export type { ExportedModel } from './exported-model';
export { serveSite } from './site-server';
export type { SiteServer } from './site-server';
