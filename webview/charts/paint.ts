// Draws shapes on a canvas, as svg.ts writes them into a file.
import {
  markerOutline,
  type MarksShape,
  type Scene,
  type Shape,
  type TextShape,
} from '../../extension/shared/slopes/scene';

export function paintShapes(
  context: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  font: string,
): void {
  for (const shape of shapes) {
    context.globalAlpha = 'opacity' in shape ? (shape.opacity ?? 1) : 1;
    paintShape(context, shape, font);
  }
  context.globalAlpha = 1;
}

/** At `scale` pixels for each of the scene's. */
export function paintScene(scene: Scene, scale: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(scene.width * scale);
  canvas.height = Math.round(scene.height * scale);
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.scale(scale, scale);
  context.fillStyle = scene.background;
  context.fillRect(0, 0, scene.width, scene.height);
  paintShapes(context, scene.shapes, scene.font);
  return canvas;
}

function paintShape(context: CanvasRenderingContext2D, shape: Shape, font: string): void {
  switch (shape.kind) {
    case 'line':
      context.beginPath();
      addPolygon(context, shape.points, 0, 0);
      context.strokeStyle = shape.color;
      context.lineWidth = shape.width;
      context.setLineDash(shape.dash ?? []);
      context.stroke();
      context.setLineDash([]);
      return;
    case 'box':
      context.fillStyle = shape.color;
      context.fillRect(shape.x, shape.y, shape.width, shape.height);
      return;
    case 'marks':
      paintMarks(context, shape);
      return;
    case 'text':
      paintText(context, shape, font);
  }
}

function paintMarks(context: CanvasRenderingContext2D, shape: MarksShape): void {
  const { points, radius, marker } = shape;
  const outline = markerOutline(marker, radius);
  context.beginPath();
  for (let index = 0; index < points.length; index += 2) {
    const x = points[index] ?? 0;
    const y = points[index + 1] ?? 0;
    if (outline.length > 0) {
      addPolygon(context, outline, x, y);
      context.closePath();
    } else {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  if (shape.outline !== undefined) {
    context.strokeStyle = shape.outline;
    context.lineWidth = 2;
    context.stroke();
  }
  context.fillStyle = shape.color;
  context.fill();
}

function addPolygon(
  context: CanvasRenderingContext2D,
  points: readonly number[],
  right: number,
  down: number,
): void {
  for (let index = 0; index < points.length; index += 2) {
    const x = (points[index] ?? 0) + right;
    const y = (points[index + 1] ?? 0) + down;
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

function paintText(context: CanvasRenderingContext2D, shape: TextShape, font: string): void {
  const { x, y, text, color, size, anchor = 'start', bold = false, upward = false } = shape;
  context.save();
  context.font = `${bold ? '600 ' : ''}${size}px ${font}`;
  context.fillStyle = color;
  context.textAlign = anchor === 'middle' ? 'center' : anchor;
  context.translate(x, y);
  if (upward) context.rotate(-Math.PI / 2);
  context.fillText(text, 0, 0);
  context.restore();
}
