/** What differs from one page to the next. All addresses are webview URIs. */
export interface PageHtmlOptions {
  /** `webview.cspSource`: where styles and fonts may come from. */
  readonly cspSource: string;
  /** Fresh random text for each page, at least 128 bits, letters and digits only. */
  readonly nonce: string;
  /** `dist/webview/page.js`, an ES module. */
  readonly scriptUri: string;
  /** `dist/webview/page.css`; the icon font is loaded from beside it. */
  readonly styleUris: readonly string[];
  /** BCP 47 tag of the editor's language. */
  readonly lang: string;
  /** Name of the document, for screen readers. */
  readonly title: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/**
 * The policy of the page: nothing is fetched, framed, evaluated or inlined. Strings become markup through three named
 * policies only (the template library, the toolkit, the sanitiser). Styles of components are constructed sheets, which no
 * source list restricts; the nonce is for the toolkit's fallback, which reads it from the `csp-nonce` element.
 */
export function pagePolicy(cspSource: string, nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource}`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types lit-html fast-html dompurify`,
  ].join('; ');
}

/** The whole document of a page (panel or view): one element, `lc-page`, which the script defines. */
export function pageHtml(options: PageHtmlOptions): string {
  const nonce = escapeHtml(options.nonce);
  const styles = options.styleUris.map((uri) => `    <link rel="stylesheet" href="${escapeHtml(uri)}">`);
  return [
    '<!DOCTYPE html>',
    `<html lang="${escapeHtml(options.lang)}">`,
    '  <head>',
    '    <meta charset="UTF-8">',
    `    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(pagePolicy(options.cspSource, options.nonce))}">`,
    `    <meta property="csp-nonce" content="${nonce}">`,
    '    <meta name="viewport" content="width=device-width, initial-scale=1">',
    ...styles,
    `    <title>${escapeHtml(options.title)}</title>`,
    `    <script type="module" nonce="${nonce}" src="${escapeHtml(options.scriptUri)}"></script>`,
    '  </head>',
    '  <body>',
    '    <lc-page></lc-page>',
    '  </body>',
    '</html>',
    '',
  ].join('\n');
}
