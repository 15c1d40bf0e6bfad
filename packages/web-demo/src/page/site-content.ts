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

/** Reads what the site has; a page without a list has nothing. @throws Error for a list that cannot be read */
export async function readSiteContent(): Promise<SiteContent> {
  const response = await fetch('content.json');
  if (!response.ok) return { models: [], examples: [] };
  try {
    const content = (await response.json()) as Partial<SiteContent>;
    if (Array.isArray(content.models) && Array.isArray(content.examples)) return content as SiteContent;
  } catch {
    // It is not even JSON.
  }
  throw new Error('content.json: it is no list of models and examples. Build the site again: web-demo build.');
}
