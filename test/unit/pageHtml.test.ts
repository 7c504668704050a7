import { describe, expect, it } from 'vitest';
import { pageHtml, type PageSources } from '../../extension/host/pages/pageHtml';
import type { PageDocument } from '../../extension/shared/pages/common';

const sources: PageSources = {
  cspSource: 'https://files.example',
  script: 'https://files.example/run.js',
  style: 'https://files.example/run.css',
  nonce: 'abc123',
  language: 'en',
  title: 'Run',
};

function documentOf(given: unknown, changed: Partial<PageSources> = {}): string {
  const page: PageDocument = { kind: 'run', given, isPanel: false, l10n: {} };
  return pageHtml({ ...sources, ...changed }, page);
}

describe('the document of a page', () => {
  it('allows its own script by nonce and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(
      documentOf({}),
    )?.[1];
    const directives = (policy ?? '').split('; ');
    expect(directives).toContain("default-src 'none'");
    expect(directives).toContain("script-src 'nonce-abc123'");
    expect(directives).toContain("style-src https://files.example 'nonce-abc123'");
    expect(policy).not.toMatch(/unsafe|\*|http:/);
  });

  it('gives every script the nonce and holds no code of its own', () => {
    const scripts = [...documentOf({}).matchAll(/<script\b([^>]*)>([^]*?)<\/script>/g)];
    expect(scripts).toHaveLength(2);
    for (const [, attributes = '', content = ''] of scripts) {
      expect(attributes).toContain('nonce="abc123"');
      if (!attributes.includes('application/json')) expect(content).toBe('');
    }
    expect(documentOf({})).not.toMatch(/ on\w+=| style=/);
  });

  it('carries data that would close its element', () => {
    const given = { folder: '/runs/</script><script>alert(1)</script>' };
    const html = documentOf(given);
    const data = /id="page-data"[^>]*>([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    expect((JSON.parse(data) as PageDocument).given).toEqual(given);
  });

  it('escapes what stands in attributes', () => {
    expect(documentOf({}, { title: '"><b>' })).toContain('aria-label="&quot;&gt;&lt;b&gt;"');
  });
});
