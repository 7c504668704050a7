// The document of a page: a strict content security policy, the bundle, nothing remote. Free of VS Code.
import type { PageDocument } from '../../shared/pages/common';

export interface PageSources {
  /** Of the webview: where its own files may come from. */
  cspSource: string;
  script: string;
  style: string;
  nonce: string;
  /** Of the editor's display language. */
  language: string;
  title: string;
}

/** The toolkit looks for the nonce in a meta element: it tries out with a style what the browser knows. */
export function pageHtml(sources: PageSources, page: PageDocument): string {
  const { cspSource, nonce } = sources;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
  // A closing tag inside the data would end the element.
  const data = JSON.stringify(page).replace(/</g, '\\u003c');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(sources.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(sources.style)}">
<title>${escapeHtml(sources.title)}</title>
</head>
<body>
<main id="page" aria-label="${escapeHtml(sources.title)}"></main>
<script type="application/json" id="page-data" nonce="${nonce}">${data}</script>
<script nonce="${nonce}" src="${escapeHtml(sources.script)}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return text.replace(/[&<>"]/g, (character) => `&${names[character] ?? ''};`);
}
