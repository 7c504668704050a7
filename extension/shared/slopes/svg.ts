// A picture as an SVG file: no styles, no scripts, no fonts of its own.
import { markerOutline, type MarksShape, type Scene, type Shape, type TextShape } from './scene';

export function sceneSvg({ width, height, background, font, shapes }: Scene): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escaped(font)}">`,
    `<rect width="${width}" height="${height}" fill="${escaped(background)}"/>`,
    ...shapes.map(element),
    '</svg>',
  ].join('\n');
}

function element(shape: Shape): string {
  switch (shape.kind) {
    case 'line': {
      const dash = shape.dash === undefined ? '' : ` stroke-dasharray="${shape.dash.join(' ')}"`;
      const stroke = `stroke="${escaped(shape.color)}" stroke-width="${shape.width}"${dash}`;
      return `<path d="${pathOf(shape.points)}" fill="none" ${stroke}/>`;
    }
    case 'box': {
      const { x, y, width, height } = shape;
      const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
      return `<rect ${place} fill="${escaped(shape.color)}"${opacityOf(shape)}/>`;
    }
    case 'marks':
      return marks(shape);
    case 'text':
      return text(shape);
  }
}

function marks(shape: MarksShape): string {
  const outline = markerOutline(shape.marker, shape.radius);
  const parts: string[] = [];
  for (let index = 0; index < shape.points.length; index += 2) {
    const x = shape.points[index] ?? 0;
    const y = shape.points[index + 1] ?? 0;
    parts.push(outline.length === 0 ? disc(x, y, shape.radius) : polygon(outline, x, y));
  }
  const ring =
    shape.outline === undefined
      ? ''
      : ` stroke="${escaped(shape.outline)}" stroke-width="2" paint-order="stroke"`;
  return `<path d="${parts.join('')}" fill="${escaped(shape.color)}"${ring}${opacityOf(shape)}/>`;
}

function disc(x: number, y: number, radius: number): string {
  const arc = `a${short(radius)} ${short(radius)} 0 1 0 `;
  const across = short(2 * radius);
  return `M${short(x - radius)} ${short(y)}${arc}${across} 0${arc}-${across} 0z`;
}

function polygon(outline: readonly number[], x: number, y: number): string {
  return `${pathOf(outline.map((value, index) => value + (index % 2 === 0 ? x : y)))}z`;
}

function text(shape: TextShape): string {
  const { anchor = 'start', bold, upward } = shape;
  const place = `x="${short(shape.x)}" y="${short(shape.y)}"`;
  const turn =
    upward === true ? ` transform="rotate(-90 ${short(shape.x)} ${short(shape.y)})"` : '';
  const weight = bold === true ? ' font-weight="600"' : '';
  const look = `fill="${escaped(shape.color)}" font-size="${shape.size}" text-anchor="${anchor}"`;
  return `<text ${place} ${look}${weight}${turn}>${escaped(shape.text)}</text>`;
}

function pathOf(points: readonly number[]): string {
  let path = '';
  for (let index = 0; index < points.length; index += 2) {
    const command = index === 0 ? 'M' : 'L';
    path += `${command}${short(points[index] ?? 0)} ${short(points[index + 1] ?? 0)}`;
  }
  return path;
}

function opacityOf({ opacity }: { opacity?: number }): string {
  return opacity === undefined ? '' : ` fill-opacity="${opacity}"`;
}

/** Tenths of a pixel are enough. */
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(given: string): string {
  const names: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return given.replace(/[&<>"]/g, (character) => `&${names[character] ?? ''};`);
}
