/** What `content.json` beside the page lists. */
export interface SiteContent {
  readonly models: readonly SiteModel[];
  readonly examples: readonly string[];
}

/** An exported model of the site. */
export interface SiteModel {
  readonly name: string;
  /** Its model.json, relative to the page. */
  readonly url: string;
  readonly sizeBytes: number;
}

/** Reads what the site has; a page without a list has nothing. */
export async function readSiteContent(): Promise<SiteContent> {
  const response = await fetch('content.json');
  return response.ok ? ((await response.json()) as SiteContent) : { models: [], examples: [] };
}
