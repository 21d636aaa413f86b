/** The pages that people see: their paths, their files in `web/`, and what is sent with them. */

interface PageFile {
  readonly path: string;
  /** Name in `web/`. */
  readonly file: string;
  readonly type: string;
}

/** One row per file; every server of pages reads this table. */
export const pageFiles: readonly PageFile[] = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/index.css', file: 'index.css', type: 'text/css; charset=utf-8' },
];

export const pageCacheControl = 'no-store';

/**
 * What protects who looks at a page: no script at all, nothing from elsewhere, in nobody's frame, and
 * no word to other sites of where they come from.
 */
export const pageSecurity = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;
