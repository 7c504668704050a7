// A page of Adapter Lab in its nested frames: what a screen reader, a keyboard and the content security policy make
// of it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const grave = ['serious', 'critical'];
/** What a theme can break. */
const colourRules = ['color-contrast', 'link-in-text-block'];

/** The frame that shows this kind of page, drawn: it has more than a spinner. */
export async function pageFrame(window, kind, timeoutMs = 30_000, lookMs = 100) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    for (const frame of window.page.frames()) {
      if (await shows(frame, kind)) return frame;
    }
    if (Date.now() > deadline) throw new Error(`No page shows "${kind}".`);
    await window.page.waitForTimeout(lookMs);
  }
}

async function shows(frame, kind) {
  try {
    return await frame.evaluate((wanted) => {
      const data = document.getElementById('page-data')?.textContent ?? '{}';
      const isDrawn =
        document.querySelector('#page h1, #page h2, #page table, #page canvas') !== null;
      return JSON.parse(data).kind === wanted && isDrawn && document.visibilityState === 'visible';
    }, kind);
  } catch {
    // A frame that was just taken down.
    return false;
  }
}

/** Serious and critical findings of axe-core, one line each; of all that it knows, or of colours. */
export async function accessibilityFindings(frame, { coloursAlone = false } = {}) {
  if (!(await frame.evaluate(() => 'axe' in globalThis))) await frame.evaluate(axeSource);
  const options = {
    resultTypes: ['violations'],
    ...(coloursAlone && { runOnly: colourRules }),
  };
  const violations = await frame.evaluate(async (chosen) => {
    // The page is transparent: what is behind it is VS Code's, outside its frame.
    const { style } = document.documentElement;
    style.backgroundColor = 'var(--vscode-editor-background)';
    const { violations } = await globalThis.axe.run(document, chosen);
    style.backgroundColor = '';
    return violations.map(({ id, impact, help, nodes }) => ({
      ...{ id, impact, help },
      places: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary}`),
    }));
  }, options);
  return violations
    .filter(({ impact }) => grave.includes(impact))
    .map(({ id, impact, help, places }) => `${impact} ${id}: ${help}\n  ${places.join('\n  ')}`);
}

/**
 * Walks through the page with the Tab key. Problems: a control that Tab never reaches, one that keeps the focus,
 * one that looks the same with and without it.
 */
export async function keyboardFindings(window, frame) {
  const controls = await frame.evaluate(markControls);
  if (controls.length === 0) return [];
  await frame.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  const reached = new Map();
  let last = -1;
  for (let press = 0; press < controls.length + 5; press += 1) {
    await window.page.keyboard.press('Tab');
    const { index, isVisible } = await frame.evaluate(lookAtFocus);
    // Out of the page, or from its end back to its beginning.
    if (index === undefined || reached.has(index)) break;
    reached.set(index, isVisible);
    last = index;
  }
  const missed = controls.filter((_, index) => !reached.has(index));
  const unseen = controls.filter((_, index) => reached.get(index) === false);
  return [
    ...missed.map((control) => `Tab never reaches ${control} (last: ${controls[last] ?? 'none'})`),
    ...unseen.map((control) => `the focus is not visible on ${control}`),
  ];
}

/** In the page: numbers what Tab should reach, and remembers how it looks without the focus. */
function markControls() {
  const look = (element) => {
    const styles = [element, ...(element.shadowRoot?.querySelectorAll('*') ?? [])].map((one) => {
      const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
      return [outline, boxShadow, borderColor, backgroundColor].join();
    });
    return styles.join(';');
  };
  const describe = (element) => {
    const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
    return `<${element.localName}> "${name}"`;
  };
  const tags = ['button', 'checkbox', 'dropdown', 'text-field', 'text-area', 'radio', 'link'];
  const toolkit = tags.map((tag) => `vscode-${tag}`).join();
  const selector = `a[href], button, input, select, textarea, summary, [tabindex], ${toolkit}`;
  const groups = new Set();
  const controls = [...document.querySelectorAll(selector)].filter((element) => {
    const isOff = element.disabled === true || element.getAttribute('tabindex') === '-1';
    if (isOff || element.closest('[inert], [hidden]') !== null || !element.checkVisibility())
      return false;
    // Of a group of radio buttons Tab reaches one.
    if (element.type !== 'radio') return true;
    if (groups.has(element.name)) return false;
    groups.add(element.name);
    return true;
  });
  globalThis.tabStops = { controls, look, plain: controls.map(look) };
  return controls.map(describe);
}

/** In the page: which control has the focus, and whether it shows. */
function lookAtFocus() {
  const { controls, look, plain } = globalThis.tabStops;
  const active = document.hasFocus() ? document.activeElement : null;
  const found = controls.findIndex(
    (control) =>
      control === active ||
      (control.type === 'radio' && active?.type === 'radio' && control.name === active.name),
  );
  if (found < 0) return { index: undefined, isVisible: false };
  return { index: found, isVisible: look(active) !== plain[found] };
}
